"""Peepholes: gates that see the cell state."""

from __future__ import annotations

from recurra.tour.stop import Both, Curve, Frame, Stop, figure, remains, setting
from recurra.tour.stops.lstm import LATER, PULSE, TAKES
from recurra.tour.units import course, pulses, seen, unit


def peephole() -> Stop:
    """The forget gate looks at the cell state."""
    return Stop(
        "peephole",
        Both("Peepholes", "窥视孔"),
        (
            Both(
                "The gates of an LSTM see h, and so of the cell state only what the output "
                "gate shows. Peepholes let them look at c itself: p × c is added to the sum "
                "of a gate (Gers & Schmidhuber 2000). Here the forget gate has a bias of 1. "
                "Turn its peephole p: above 0, what is held keeps the gate open and lasts "
                "longer; below 0, it shuts the gate and is gone sooner.",
                "LSTM 的门看到的是 h，所以细胞状态里，它们只看得到输出门显示出来的部分。窥视"
                "孔（peephole）让门直接看到 c：在门的加权和里再加上 p × c（Gers 与 "
                "Schmidhuber，2000）。这里遗忘门的偏置为 1。调一调它的窥视孔 p：p 大于 0 时，"
                "存着的内容使门开得更大，留得更久；p 小于 0 时，它把门关小，很快就没了。",
            ),
        ),
        Both("peephole p of the forget gate", "遗忘门的窥视孔 p"),
        [_frame(float(p)) for p in range(-4, 5)],
        6,
        "lstm_peephole",
    )


def _frame(p: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("lstm_peephole", **TAKES, b_f=1.0, p_f=p), x)
    f, c = course(trace.gates["forget"]), course(trace.states["c"])
    left = remains(c[LATER])
    return Frame(
        setting(p),
        (
            Curve(Both("f, the forget gate", "遗忘门 f"), f),
            Curve(Both("c, the cell state", "细胞状态 c"), c),
        ),
        Both(
            f"Before the pulse c is 0 and f is {figure(f[PULSE])}. The pulse brings c to "
            f"{figure(c[PULSE])}, and a step later f is {figure(f[PULSE + 1])}. At step {LATER}, "
            f"{left.en}.",
            f"脉冲之前 c 为 0，f 为 {figure(f[PULSE])}。脉冲使 c 变为 {figure(c[PULSE])}，下一步 f "
            f"为 {figure(f[PULSE + 1])}。到第 {LATER} 步，{left.zh}。",
        ),
        (PULSE, LATER),
    )
