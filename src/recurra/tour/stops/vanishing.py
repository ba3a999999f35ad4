"""Why gradients vanish, and explode."""

from __future__ import annotations

import numpy as np
import torch

from recurra.layers import Recurrent
from recurra.tour.stop import Array, Both, Curve, Frame, Stop, figure

UNITS, STEPS, LAG = 16, 61, 50


def vanishing() -> Stop:
    """How much the last output depends on the input so many steps before."""
    return Stop(
        "vanishing",
        Both("Why gradients vanish", "梯度为什么会消失"),
        (
            Both(
                "To learn, a network asks how much its answer would change if an input far back "
                "had been different. That question goes back step by step, and each step "
                "multiplies it by the recurrent matrix and by the slope of tanh.",
                "学习时，网络要问：很久以前的输入若稍有不同，答案会变化多少？这个问题一步"
                "一步往回传，"
                "每一步都乘以循环矩阵和 tanh 的斜率。",
            ),
            Both(
                f"Here {UNITS} units have a matrix that turns a vector and makes it r times as "
                "long. Drawn is the gradient of the last output by the input so many steps before, "
                "as a power of ten, beside what it is for the last input. Turn r.",
                f"这里 {UNITS} 个单元的循环矩阵把向量旋转，并把长度变为 r 倍。曲线是最后输"
                "出对若干步"
                "之前输入的梯度，与对最后输入的梯度之比，取 10 的对数。转动 r。",
            ),
        ),
        Both("length of the recurrent matrix r", "循环矩阵的长度 r"),
        [_frame(float(r)) for r in np.round(np.arange(0.5, 1.51, 0.1), 1)],
        4,
        "elman",
        Both("steps back", "往回的步数"),
    )


def _frame(r: float) -> Frame:
    powers = np.log10(by_lag(r))
    words = _in_words(powers[LAG])
    says = Both(
        f"{LAG} steps back the gradient is 10 to the {figure(powers[LAG])}: {words.en}.",
        f"往回 {LAG} 步，梯度为 10 的 {figure(powers[LAG])} 次方：{words.zh}。",
    )
    curve = Curve(Both("gradient, power of ten", "梯度（10 的幂）"), powers)
    return Frame(f"{r:g}", (curve,), says)


def _in_words(power: float) -> Both:
    if power < -2:
        return Both("next to nothing is left", "几乎什么都不剩")
    if power > 0:
        return Both("larger than for the last input", "比对最后输入的还大")
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
