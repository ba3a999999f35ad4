"""Coupled gates: what is forgotten makes room for what is new."""

from __future__ import annotations

import numpy as np

from recurra.tour.stop import Both, Curve, Frame, Stop, figure
from recurra.tour.units import STEPS, course, seen, unit


def coupled() -> Stop:
    """The forget gate is 1 - i."""
    return Stop(
        "coupled",
        Both("Coupled gates", "耦合的门"),
        (
            Both(
                "If only as much is forgotten as is added, one gate serves for both: f = 1 - i. "
                "The cell state is then a mean of what came, and stays between -1 and 1. The "
                "input is 1 in the first half and -1 in the second. Turn the gate's bias: the "
                "further it is shut, the slower the mean.",
                "如果加入多少就忘记多少，一个门就够了：f = 1 − i。这时细胞状态是过去内容"
                "的平均，始终在 "
                "−1 与 1 之间。前一半输入为 1，后一半为 −1。转动门的偏置：门关得越紧，平"
                "均变化越慢。",
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
    turned = np.flatnonzero(c[half:] < 0)
    en = f"at step {half + turned[0]}" if len(turned) else "not before the end"
    zh = f"第 {half + turned[0]} 步" if len(turned) else "直到最后都没有"
    total = f"i + f = {figure(i[0])} + {figure(f[0])} = {figure(i[0] + f[0])}"
    return Frame(
        f"{bias:g}",
        (
            Curve(Both("i, the input gate", "输入门 i"), i),
            Curve(Both("f, the forget gate", "遗忘门 f"), f),
            Curve(Both("c, the cell state", "细胞状态 c"), c),
        ),
        Both(
            f"{total}. c falls below 0 {en}.",
            f"{total}。c 降到 0 以下：{zh}。",
        ),
    )
