"""The plain recurrent network, step by step."""

from __future__ import annotations

import numpy as np

from recurra.tour.stop import Both, Curve, Frame, Stop, figure, setting
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
                "A recurrent network reads a sequence one step at a time: the days of a series, "
                "the words of a text. This one has a single unit. At each step it adds up two "
                "numbers, each multiplied by a weight: what it reads now, x, and what it answered "
                "a step before, h. Then it squeezes the sum to between −1 and 1, by "
                "the function tanh. That is the new h, and h is all that the network remembers.",
                "循环神经网络按顺序读一串数据，一次读一步：例如一个序列里的每一天，一句话里的每个"
                "词。这里的网络只有一个单元。每一步，它把两个数各乘以一个权重再相加：当前的输入 x，"
                "和自己上一步的输出 h；然后用 tanh 函数把和压到 −1 与 1 之间，得到新的"
                " h。网络记得的全部内容就是 h。",
            ),
            Both(
                f"The weight of x is 1 here. Turn that of h, the recurrent weight u. A pulse, "
                f"x = 1, comes in at step {PULSE}; at all other steps x is 0. With u at 0 the "
                "pulse is forgotten at once; the larger u, the longer it echoes; above 1 the echo "
                "settles at a value of its own and never ends.",
                f"这里 x 的权重为 1；h 的权重叫做循环权重 u，由你来调。第 {PULSE} 步来一个脉冲"
                "（x = 1），其余各步 x 都为 0。u 为 0 时，脉冲马上被忘掉；u 越大，回声越久；u 大于 "
                "1 时，回声停在某个值上，永不消失。",
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
        value, steps = figure(h[PULSE + count]), "step" if count == 1 else "steps"
        marks = (PULSE, PULSE + count)
        says = Both(
            f"At step {PULSE + count}, {count} {steps} after the pulse, the echo has sunk below "
            f"{FADED}: h is {value}.",
            f"到第 {PULSE + count} 步（脉冲之后 {count} 步），回声已低于 {FADED}：h 为 {value}。",
        )
    else:
        marks = (PULSE, STEPS - 1)
        says = Both(
            f"At the last step, {STEPS - 1}, h is still {figure(h[-1])}.",
            f"到最后一步（第 {STEPS - 1} 步），h 仍为 {figure(h[-1])}。",
        )
    curves = (Curve(Both("x, the input", "输入 x"), x), Curve(Both("h, the output", "输出 h"), h))
    return Frame(setting(u), curves, says, marks)
