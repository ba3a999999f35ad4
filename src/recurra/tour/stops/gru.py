"""The gated recurrent unit."""

from __future__ import annotations

from recurra.tour.stop import Both, Curve, Frame, Stop, figure
from recurra.tour.stops.lstm import LATER, PULSE
from recurra.tour.units import course, pulses, seen, unit


def gru() -> Stop:
    """One state, kept by the update gate."""
    return Stop(
        "gru",
        Both("GRU", "门控循环单元 GRU"),
        (
            Both(
                "A GRU has one state and two gates. The update gate z is a coupled gate: "
                "h = z h + (1 - z) n keeps z of what was and takes the rest from the candidate n. "
                "The reset gate r says how much of the past the candidate sees. Where a pulse "
                "comes the gate is shut here, so that h takes it in; turn how open z is elsewhere.",
                "GRU 只有一个状态和两个门。更新门 z 是耦合的门：h = z h + (1 − z) n，保留旧值的 z，"
                "其余来自候选值 n；重置门 r 决定候选值能看到多少过去。这里脉冲到来时更新"
                "门关闭，h 把"
                "脉冲收进来；转动其余时间 z 开得多大。",
            ),
        ),
        Both("bias of the update gate", "更新门的偏置"),
        [_frame(float(b)) for b in range(-2, 7)],
        5,
        "gru",
    )


def _frame(bias: float) -> Frame:
    x = pulses((PULSE, 1.0))
    trace = seen(unit("gru", W_z=-20.0, b_z=bias, W_n=2.0), x)
    z, h = course(trace.gates["update"]), course(trace.states["h"])
    return Frame(
        f"{bias:g}",
        (
            Curve(Both("x, the input", "输入 x"), x),
            Curve(Both("z, the update gate", "更新门 z"), z),
            Curve(Both("h, the state", "状态 h"), h),
        ),
        Both(
            f"z keeps {figure(z[-1])} a step. Of {figure(h[PULSE])} at the pulse "
            f"{figure(h[LATER])} is left at step {LATER}.",
            f"z 每步保留 {figure(z[-1])}。脉冲时的 {figure(h[PULSE])} 到第 {LATER} 步还剩 "
            f"{figure(h[LATER])}。",
        ),
    )
