"""The plain recurrent network, step by step."""

from __future__ import annotations

import numpy as np

from recurra.tour.stop import Both, Curve, Frame, Stop, figure
from recurra.tour.units import STEPS, course, pulses, seen, unit

PULSE = 5
FADED = 0.05


def plain() -> Stop:
    """A pulse goes in, and echoes through the recurrent weight."""
    weights = np.round(np.arange(0.0, 1.31, 0.1), 1)
    return Stop(
        "plain",
        Both("A plain recurrent network", "最简单的循环网络"),
        (
            Both(
                "At each step the unit mixes what it reads, x, with what it said a step before, h, "
                "and squeezes the sum with tanh. What it said comes back through one number, the "
                "recurrent weight u. That is all the memory it has.",
                "每一步，单元把读到的 x 与自己上一步的输出 h 混合，再用 tanh 压缩。上一步的输出只"
                "通过一个数——循环权重 u——回来。它的全部记忆就是这些。",
            ),
            Both(
                "One pulse goes in at step 5. Turn u: the echo dies at once, lingers, or never "
                "ends.",
                "第 5 步输入一个脉冲。转动 u：回声立刻消失、慢慢减弱，或者永不停止。",
            ),
        ),
        Both("recurrent weight u", "循环权重 u"),
        [_frame(float(u)) for u in weights],
        8,
        "elman",
    )


def _frame(u: float) -> Frame:
    x = pulses((PULSE, 1.0))
    h = course(seen(unit("elman", W=1.0, U=u), x).states["h"])
    below = np.flatnonzero(h[PULSE:] < FADED)
    if len(below):
        count = int(below[0])
        says = Both(
            f"At step {PULSE + count}, {count} after the pulse, h is {figure(h[PULSE + count])}, "
            f"below {FADED}.",
            f"第 {PULSE + count} 步（脉冲之后 {count} 步），h 为 {figure(h[PULSE + count])}，"
            f"低于 {FADED}。",
        )
    else:
        says = Both(
            f"At the last step, {STEPS - 1}, h is still {figure(h[-1])}.",
            f"到最后一步（第 {STEPS - 1} 步），h 仍为 {figure(h[-1])}。",
        )
    curves = (Curve(Both("x, the input", "输入 x"), x), Curve(Both("h, the output", "输出 h"), h))
    return Frame(f"{u:g}", curves, says)
