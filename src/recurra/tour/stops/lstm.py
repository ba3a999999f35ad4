"""The LSTM in four steps: forget, what to add, update, output."""

from __future__ import annotations

import math

import numpy as np

from recurra.tour.stop import Array, Both, Curve, Frame, Stop, figure, places, remains, setting
from recurra.tour.units import course, pulses, seen, unit

PULSE, LATER = 5, 20
BIASES = [float(b) for b in np.arange(-4, 7)]

_X = Both("x, the input", "输入 x")
_C = Both("c, the cell state", "细胞状态 c")

TAKES = {"W_i": 20.0, "b_i": -10.0, "W_g": 2.0}
"""A unit that takes in what it reads where the input is 1, and nothing elsewhere."""


def forget() -> Stop:
    """The forget gate keeps a share of the cell state at every step."""
    return Stop(
        "forget",
        Both("LSTM 1: what to forget", "LSTM 第一步：忘掉什么"),
        (
            Both(
                "A long short-term memory, LSTM, has a second state beside h: the cell state "
                "c, which runs from step to step like a conveyor belt. No matrix and no tanh "
                "lies in its way, only a gate. The forget gate f is a number between 0, "
                "shut, and 1, open, by which c is multiplied at each step: what is left is "
                "kept.",
                "长短期记忆网络（LSTM）除了 h，还有第二个状态：细胞状态 c。它像传送带一样，从"
                "一步传到下一步，路上没有矩阵，也没有 tanh，只有一道门。遗忘门 f 是 0（关）到"
                " 1（开）之间的一个数，每一步 c 都要乘以它，乘完还在的就留下来。",
            ),
            Both(
                "A gate is a sum like that of the plain network, squeezed to between 0 and 1 "
                "by the sigmoid function. One term of it, the bias, is the same at every "
                "step: the larger, the wider the gate stands open. Turn it. At 0 half of c "
                "is lost at each step; Recurra starts it at 1, as Keras does, so that a "
                "network can remember before it has learned to.",
                "门也是像上面那样的一个加权和，只是用 sigmoid 函数压到 0 与 1 之间。和里有一"
                "项在每一步都一样，叫做偏置：偏置越大，门开得越大。调一调它。偏置为 0 时，每"
                "一步失去一半的 c；Recurra 与 Keras 一样，把它的初值设为 1，让网络在学会记忆"
                "之前就能记住一些东西。",
            ),
        ),
        Both("bias of the forget gate", "遗忘门的偏置"),
        [_forget(b) for b in BIASES],
        5,
        "lstm",
    )


def _forget(bias: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("lstm", **TAKES, b_f=bias), x)
    f, c = course(trace.gates["forget"]), course(trace.states["c"])
    left, lasts = remains(c[LATER]), _lasts(float(f[-1]))
    return Frame(
        setting(bias),
        (Curve(_X, x), Curve(Both("f, the forget gate", "遗忘门 f"), f), Curve(_C, c)),
        Both(
            f"f is {figure(f[-1])}: {lasts.en}. Of {figure(c[PULSE])} at the pulse {left.en} at "
            f"step {LATER}.",
            f"f 为 {figure(f[-1])}：{lasts.zh}。脉冲时的 {figure(c[PULSE])}，到第 {LATER} 步"
            f"{left.zh}。",
        ),
        (PULSE, LATER),
    )


def _lasts(f: float) -> Both:
    """How long it takes until half of what is held is gone."""
    if f < 0.5:
        return Both("a single step leaves less than half of c", "一步之后，c 剩下不到一半")
    half = figure(math.log(0.5) / math.log(f))
    steps = "step" if half == "1" else "steps"
    return Both(f"half of c is gone after {half} {steps}", f"过 {half} 步，c 失去一半")


def add() -> Stop:
    """The input gate says how much of the candidate is added."""
    return Stop(
        "add",
        Both("LSTM 2: what to add", "LSTM 第二步：加入什么"),
        (
            Both(
                "What comes in is made of two things. The candidate g, between −1 and 1, is "
                "what could be added to c; it comes of the input as in the plain network. "
                f"The input gate i says how much of it is added. A pulse at step {PULSE} "
                "makes g large. Turn the bias of the input gate: one that is all but shut "
                "lets next to nothing in, however loud the input.",
                "加入什么，由两样东西决定。候选值 g 在 −1 与 1 之间，是可以加进 c 的内容，像"
                f"普通循环网络那样由输入算出；输入门 i 决定加进多少。第 {PULSE} 步的脉冲使 g "
                "变大。调一调输入门的偏置：门几乎关上时，输入再强也进不来多少。",
            ),
        ),
        Both("bias of the input gate", "输入门的偏置"),
        [_add(b) for b in BIASES],
        4,
        "lstm",
    )


def _add(bias: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("lstm", W_g=2.0, b_i=bias, b_f=4.0), x)
    i, g = course(trace.gates["input"]), course(trace.gates["candidate"])
    c = course(trace.states["c"])
    return Frame(
        setting(bias),
        (
            Curve(Both("i, the input gate", "输入门 i"), i),
            Curve(Both("g, the candidate", "候选值 g"), g),
            Curve(_C, c),
        ),
        Both(
            f"At the pulse, step {PULSE}, i is {figure(i[PULSE])} and g is {figure(g[PULSE])}, so "
            f"c gains {figure(i[PULSE] * g[PULSE])}.",
            f"脉冲到来时（第 {PULSE} 步），i 为 {figure(i[PULSE])}，g 为 {figure(g[PULSE])}，于是 "
            f"c 增加 {figure(i[PULSE] * g[PULSE])}。",
        ),
        (PULSE,),
    )


def update() -> Stop:
    """What is kept and what is added make the new cell state."""
    return Stop(
        "update",
        Both("LSTM 3: the update", "LSTM 第三步：更新"),
        (
            Both(
                "Then the cell state is brought up to date: new c = f × old c + i × g. What "
                "was there is scaled, what is new is added. A pulse of 1 comes at step "
                f"{PULSE}, with the input gate open all the time. Turn the second pulse, at "
                f"step {LATER}: one below 0 takes away what the first brought.",
                "然后更新细胞状态：新的 c = f × 旧的 c + i × g。旧的按比例保留，新的加进来。"
                f"第 {PULSE} 步有一个大小为 1 的脉冲，输入门一直开着。调一调第 {LATER} 步的第"
                "二个脉冲：负的脉冲会抵消第一个脉冲带来的内容。",
            ),
        ),
        Both("second pulse", "第二个脉冲"),
        [_update(float(v)) for v in np.round(np.arange(-1.0, 1.01, 0.25), 2)],
        2,
        "lstm",
    )


def _update(value: float) -> Frame:
    x = pulses((PULSE, 1.0), (LATER, value))
    trace = seen(unit("lstm", b_i=8.0, W_g=2.0, b_f=4.0), x)
    f, i = course(trace.gates["forget"]), course(trace.gates["input"])
    g, c = course(trace.gates["candidate"]), course(trace.states["c"])
    fed = figure(g[LATER]) if g[LATER] >= 0 else f"({figure(g[LATER])})"
    kept = f"{figure(f[LATER])} × {figure(c[LATER - 1])}"
    # Two places, which a reader who reckons with the figures on the screen finds too.
    sum_ = f"{kept} + {figure(i[LATER])} × {fed} = {places(c[LATER], 2)}"
    return Frame(
        setting(value),
        (Curve(_X, x), Curve(Both("g, the candidate", "候选值 g"), g), Curve(_C, c)),
        Both(f"At step {LATER} c becomes {sum_}.", f"第 {LATER} 步，c 变为 {sum_}。"),
        (PULSE, LATER),
    )


def output() -> Stop:
    """The output gate says how much of the cell state shows."""
    return Stop(
        "output",
        Both("LSTM 4: what to show", "LSTM 第四步：显示什么"),
        (
            Both(
                "What the cell holds need not show. The output gate o says how much of it "
                "does: h = o × tanh(c), and h is what the next layer sees, and the gates at "
                "the next step. Turn the output gate's bias: h changes, c does not (in this "
                "unit the weights of h are 0).",
                "细胞里存着的内容不一定要显示出来。输出门 o 决定显示多少：h = o × tanh(c)。下"
                "一层，以及下一步的各道门，看到的都是 h。调一调输出门的偏置：h 改变，c 不变（"
                "这个单元里，h 的权重都为 0）。",
            ),
        ),
        Both("bias of the output gate", "输出门的偏置"),
        [_output(b) for b in BIASES],
        6,
        "lstm",
    )


def _output(bias: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("lstm", **TAKES, b_f=4.0, b_o=bias), x)
    o, h, c = (course(one) for one in (trace.gates["output"], trace.states["h"], trace.states["c"]))
    shown: tuple[Array, ...] = (o, h, c)
    names = (Both("o, the output gate", "输出门 o"), Both("h, the output", "输出 h"), _C)
    return Frame(
        setting(bias),
        tuple(Curve(name, values) for name, values in zip(names, shown, strict=True)),
        Both(
            f"At step {LATER} c is {figure(c[LATER])} and o is {figure(o[LATER])}, so h is "
            f"{figure(h[LATER])}.",
            f"第 {LATER} 步，c 为 {figure(c[LATER])}，o 为 {figure(o[LATER])}，显示出来的 h 为 "
            f"{figure(h[LATER])}。",
        ),
        (LATER,),
    )
