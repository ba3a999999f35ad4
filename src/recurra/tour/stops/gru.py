"""The gated recurrent unit."""

from __future__ import annotations

from recurra.tour.stop import Both, Curve, Frame, Stop, figure, remains, setting
from recurra.tour.stops.lstm import LATER, PULSE
from recurra.tour.units import course, pulses, seen, unit


def gru() -> Stop:
    """One state, kept by the update gate."""
    return Stop(
        "gru",
        Both("GRU", "门控循环单元 GRU"),
        (
            Both(
                "A gated recurrent unit, GRU, has one state, h, and two gates. The update "
                "gate z is a coupled gate: new h = z × old h + (1 − z) × n keeps z of what "
                "was, and takes the rest from the candidate n. The reset gate r says how "
                "much of the past the candidate sees; here it sees none.",
                "门控循环单元（GRU）只有一个状态 h 和两道门。更新门 z 是耦合门：新的 h = z × "
                "旧的 h + (1 − z) × n，旧值保留 z，其余取自候选值 n。重置门 r 决定候选值能看"
                "到多少过去；这里它一点也看不到。",
            ),
            Both(
                f"A pulse at step {PULSE} shuts z for that one step, so that h takes it in. "
                "Turn the bias, and with it how far z stands open at all other steps.",
                f"第 {PULSE} 步的脉冲使 z 在这一步关上，h 于是把脉冲收进来。调一调偏置，也就是"
                "其余各步 z 开得多大。",
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
    left = remains(h[LATER])
    return Frame(
        setting(bias),
        (
            Curve(Both("x, the input", "输入 x"), x),
            Curve(Both("z, the update gate", "更新门 z"), z),
            Curve(Both("h, the state", "状态 h"), h),
        ),
        Both(
            f"Each step keeps {figure(z[-1])} of h. Of {figure(h[PULSE])} at the pulse {left.en} "
            f"at step {LATER}.",
            f"每一步，h 变为原来的 {figure(z[-1])} 倍。脉冲时的 {figure(h[PULSE])}，到第 {LATER} 步"
            f"{left.zh}。",
        ),
        (PULSE, LATER),
    )
