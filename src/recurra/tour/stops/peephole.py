"""Peepholes: gates that see the cell state."""

from __future__ import annotations

from recurra.tour.stop import Both, Curve, Frame, Stop, figure
from recurra.tour.stops.lstm import PULSE, TAKES
from recurra.tour.units import course, pulses, seen, unit


def peephole() -> Stop:
    """The forget gate looks at the cell state."""
    return Stop(
        "peephole",
        Both("Peepholes", "窥孔"),
        (
            Both(
                "The gates of an LSTM see the cell state only as far as the output gate shows it. "
                "Peepholes let them look at c itself: p c is added to what a gate sums up (Gers & "
                "Schmidhuber 2000). Here the forget gate has a bias of 1. Turn its peephole p.",
                "LSTM 的门只能通过输出门看到细胞状态。窥孔让门直接看到 c：在门的求和里加上 p c"
                "（Gers 与 Schmidhuber，2000）。这里遗忘门的偏置为 1。转动它的窥孔 p。",
            ),
        ),
        Both("peephole p of the forget gate", "遗忘门的窥孔 p"),
        [_frame(float(p)) for p in range(-4, 5)],
        6,
        "lstm_peephole",
    )


def _frame(p: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("lstm_peephole", **TAKES, b_f=1.0, p_f=p), x)
    f, c = course(trace.gates["forget"]), course(trace.states["c"])
    return Frame(
        f"{p:g}",
        (
            Curve(Both("f, the forget gate", "遗忘门 f"), f),
            Curve(Both("c, the cell state", "细胞状态 c"), c),
        ),
        Both(
            f"While c is 0, f is {figure(f[PULSE])}; right after the pulse, with c at "
            f"{figure(c[PULSE])}, it is {figure(f[PULSE + 1])}.",
            f"c 为 0 时，f 为 {figure(f[PULSE])}；脉冲之后 c 为 {figure(c[PULSE])}，f 变为 "
            f"{figure(f[PULSE + 1])}。",
        ),
    )
