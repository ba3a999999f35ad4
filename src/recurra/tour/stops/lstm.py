"""The LSTM in four steps: forget, what to add, update, output."""

from __future__ import annotations

import math

import numpy as np

from recurra.tour.stop import Array, Both, Curve, Frame, Stop, figure
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
        Both("LSTM 1: what to forget", "LSTM 第一步：忘记什么"),
        (
            Both(
                "An LSTM has a second state, c, that runs from step to step like a conveyor belt. "
                "No matrix and no tanh lies in its way, only the forget gate f, a number between 0 "
                "and 1, which says how much of c stays.",
                "LSTM 还有第二个状态 c，像传送带一样从一步到下一步。路上没有矩阵，也没有 tanh，只有"
                "遗忘门 f：一个 0 到 1 之间的数，决定 c 保留多少。",
            ),
            Both(
                "Turn the gate's bias. At 0 half of c is lost at each step; libraries start it at "
                "1 so that a network can remember before it has learned to.",
                "转动门的偏置。偏置为 0 时，每一步失去一半的 c；各种库把它的初值设为 1，"
                "使网络在学会"
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
    half = math.log(0.5) / math.log(f[-1])
    return Frame(
        f"{bias:g}",
        (Curve(_X, x), Curve(Both("f, the forget gate", "遗忘门 f"), f), Curve(_C, c)),
        Both(
            f"f is {figure(f[-1])}; the half-life of what c holds, in steps, is {figure(half)}. Of "
            f"{figure(c[PULSE])} at the pulse {figure(c[LATER])} is left at step {LATER}.",
            f"f 为 {figure(f[-1])}；c 中内容的半衰期为 {figure(half)} 步。脉冲时的 "
            f"{figure(c[PULSE])} 到第 {LATER} 步还剩 {figure(c[LATER])}。",
        ),
    )


def add() -> Stop:
    """The input gate says how much of the candidate is added."""
    return Stop(
        "add",
        Both("LSTM 2: what to add", "LSTM 第二步：加入什么"),
        (
            Both(
                "The candidate g, between -1 and 1, is what could be added to c. The input gate i "
                "says how much of it is. Turn its bias: a gate that is shut lets nothing in, "
                "however loud the input is.",
                "候选值 g 在 −1 和 1 之间，是可以加进 c 的内容；输入门 i 决定加进多少。转"
                "动它的偏置："
                "门关着时，输入再强也进不来。",
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
        f"{bias:g}",
        (
            Curve(Both("i, the input gate", "输入门 i"), i),
            Curve(Both("g, the candidate", "候选值 g"), g),
            Curve(_C, c),
        ),
        Both(
            f"At the pulse i is {figure(i[PULSE])} and g is {figure(g[PULSE])}, so c gains "
            f"{figure(i[PULSE] * g[PULSE])}.",
            f"脉冲到来时 i 为 {figure(i[PULSE])}，g 为 {figure(g[PULSE])}，于是 c 增加 "
            f"{figure(i[PULSE] * g[PULSE])}。",
        ),
    )


def update() -> Stop:
    """What is kept and what is added make the new cell state."""
    return Stop(
        "update",
        Both("LSTM 3: the update", "LSTM 第三步：更新"),
        (
            Both(
                "Then the cell state is brought up to date: c = f c + i g. What was there is "
                f"scaled, what is new is added. A first pulse of 1 comes at step {PULSE}; turn the "
                f"second, at step {LATER}.",
                f"然后更新细胞状态：c = f c + i g。旧的按比例保留，新的加上去。第 {PULSE} "
                "步有一个大小"
                f"为 1 的脉冲；转动第 {LATER} 步的第二个脉冲。",
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
    parts = [figure(one[LATER]) for one in (f, i, g, c)]
    before = figure(c[LATER - 1])
    sum_ = f"{parts[0]} · {before} + {parts[1]} · {parts[2]} = {parts[3]}"
    return Frame(
        f"{value:g}",
        (Curve(_X, x), Curve(Both("g, the candidate", "候选值 g"), g), Curve(_C, c)),
        Both(f"At step {LATER} c becomes {sum_}.", f"第 {LATER} 步，c 变为 {sum_}。"),
    )


def output() -> Stop:
    """The output gate says how much of the cell state shows."""
    return Stop(
        "output",
        Both("LSTM 4: what to show", "LSTM 第四步：输出什么"),
        (
            Both(
                "What the cell holds need not show. The output h = o tanh(c) is what the next "
                "layer, and the gates at the next step, see. Turn the output gate's bias: h "
                "changes, c does not.",
                "细胞里存着的东西不必显示出来。输出 h = o tanh(c) 才是下一层以及下一步的"
                "门所看到的。"
                "转动输出门的偏置：h 改变，c 不变。",
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
        f"{bias:g}",
        tuple(Curve(name, values) for name, values in zip(names, shown, strict=True)),
        Both(
            f"At step {LATER} c is {figure(c[LATER])}, o is {figure(o[LATER])} and h shows "
            f"{figure(h[LATER])}.",
            f"第 {LATER} 步，c 为 {figure(c[LATER])}，o 为 {figure(o[LATER])}，h 显示 "
            f"{figure(h[LATER])}。",
        ),
    )
