"""Coupled gates: what is forgotten makes room for what is new."""

from __future__ import annotations

import numpy as np

from recurra.tour.stop import Both, Curve, Frame, Stop, places, setting
from recurra.tour.units import STEPS, course, seen, unit


def coupled() -> Stop:
    """The forget gate is 1 - i."""
    return Stop(
        "coupled",
        Both("Coupled gates", "耦合门"),
        (
            Both(
                "If only as much is added as is forgotten, one gate serves for both: f = 1 − "
                "i. Then c is a running mean of the candidates, and stays between −1 and 1. "
                "Input and candidate are 1 in the first half here, and −1 in the second. "
                "Turn the bias of the gate: the further it is shut, the slower the mean "
                "follows.",
                "如果忘掉多少就只加入多少，一道门就够了：f = 1 − i。这时 c 是候选值的滑动平均"
                "，始终在 −1 与 1 之间。这里的输入和候选值，前一半时间为 1，后一半为 −1。调一"
                "调门的偏置：门关得越紧，平均值跟得越慢。",
            ),
        ),
        Both("bias of the input gate", "输入门的偏置"),
        [_frame(float(b)) for b in range(-5, 4)],
        3,
        "lstm_coupled",
    )


def _frame(bias: float) -> Frame:
    x = np.where(np.arange(STEPS) < STEPS // 2, 1.0, -1.0)
    trace = seen(unit("lstm_coupled", W_g=20.0, b_i=bias), x)
    i, f = course(trace.gates["input"]), course(trace.gates["forget"])
    c = course(trace.states["c"])
    half = STEPS // 2
    turned = half + int(np.flatnonzero(c[half:] < 0)[0])
    total = f"{places(i[0], 3)} + {places(f[0], 3)} = {places(i[0] + f[0], 0)}"
    return Frame(
        setting(bias),
        (
            Curve(Both("x, the input", "输入 x"), x),
            Curve(Both("i, the input gate", "输入门 i"), i),
            Curve(Both("c, the cell state", "细胞状态 c"), c),
        ),
        Both(
            f"i + f = {total}. The input turns at step {half}, and c falls below 0 at step "
            f"{turned}.",
            f"i + f = {total}。输入在第 {half} 步变号，c 在第 {turned} 步降到 0 以下。",
        ),
        tuple(dict.fromkeys((half, turned))),
    )
