"""Why gradients vanish, and explode."""

from __future__ import annotations

import math

import numpy as np
import torch

from recurra.layers import Recurrent
from recurra.tour.stop import Array, Both, Curve, Frame, Stop, figure, setting

UNITS, STEPS, LAG = 16, 61, 50


def vanishing() -> Stop:
    """How much the last output depends on the input so many steps before."""
    return Stop(
        "vanishing",
        Both("Why gradients vanish", "梯度为什么会消失"),
        (
            Both(
                "A network learns by asking, of every number in it and of every input: had "
                "this been a little larger, how much would the answer have changed? That "
                "ratio is called a gradient. For an input far back the question goes back "
                "step by step, and each step multiplies it by the recurrent weights and by "
                "the slope of tanh, which is 1 at most. Many factors below 1 leave next to "
                "nothing, and what lies so far back cannot be learned.",
                "网络这样学习：对其中的每个数和每个输入都问一句，它若稍大一点，答案会变化多少"
                "？这个比值叫做梯度。问到很久以前的输入时，问题要一步一步往回传，每一步都要乘"
                "以循环权重，再乘以 tanh 的斜率，而斜率最大为 1。许多小于 1 的数相乘，几乎什"
                "么都不剩：那么久以前的事，网络学不到。",
            ),
            Both(
                f"Here are {UNITS} units, so the recurrent weights are a square of numbers, a "
                f"matrix. This one turns a vector, a list of {UNITS} numbers, and makes it r "
                "times as long. Drawn is the gradient of the last output by the input so "
                "many steps back, compared with that by the last input, as a power of ten: "
                "−3 is a thousandth. With r above 1 it would grow without end, did the slope "
                "of tanh not hold it down. Turn r.",
                f"这里有 {UNITS} 个单元，循环权重是一张方形的数表，即矩阵。它把向量（{UNITS} "
                "个数）转一个方向，长度变为原来的 r 倍。图中画的是最后的输出对若干步以前的输"
                "入的梯度，与对最后一个输入的梯度之比，用 10 的幂表示：−3 就是千分之一。r 大"
                "于 1 时，若没有 tanh 的斜率压着，梯度会无限增长。调一调 r。",
            ),
        ),
        Both("stretch r of the recurrent matrix", "循环矩阵的伸缩倍数 r"),
        [_frame(float(r)) for r in np.round(np.arange(0.5, 1.51, 0.1), 1)],
        2,
        "elman",
        Both("steps back", "往回的步数"),
    )


def _frame(r: float) -> Frame:
    powers = np.log10(by_lag(r))
    words = _in_words(powers[LAG])
    alone = figure(LAG * math.log10(r))
    says = Both(
        f"{LAG} steps back the gradient, compared with that at the last step, is 10 to the power "
        f"{figure(powers[LAG])}: {words.en}. (By the matrix alone it would be {alone}.)",
        f"往回 {LAG} 步的梯度，与最后一步之比是 10 的 {figure(powers[LAG])} 次方：{words.zh}。"
        f"（若只有矩阵，则是 {alone} 次方。）",
    )
    curve = Curve(Both("gradient, as a power of ten", "梯度（10 的幂）"), powers)
    return Frame(setting(r), (curve,), says, (LAG,))


def _in_words(power: float) -> Both:
    if power < -2:
        return Both("next to nothing is left", "几乎什么都不剩")
    if power > 0:
        return Both("larger than at the last step", "比最后一步的还大")
    return Both("some of it is left", "还剩一些")


def by_lag(r: float) -> Array:
    """The norm of the gradient by lag, 1 at lag 0, (T,)."""
    generator = torch.Generator().manual_seed(0)
    layer = Recurrent("elman", 1, UNITS, dtype=torch.float64).eval()
    turn = torch.linalg.qr(torch.randn(UNITS, UNITS, generator=generator).double()).Q
    with torch.no_grad():
        weights = layer.weights(0, "forwards")
        weights["U"].copy_(r * turn)
        weights["W"].fill_(0.25)
        weights["b"].zero_()
    x = 0.1 * torch.randn(STEPS, 1, 1, generator=generator).double()
    x.requires_grad_()
    output = layer(x)[0][-1, 0]
    rows = [torch.autograd.grad(one, x, retain_graph=True)[0][:, 0, 0] for one in output]
    norms = torch.stack(rows).norm(dim=0).flip(0)
    found: Array = (norms / norms[0]).numpy()
    return found
