"""The five structures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from recurra.layers import Recurrent
from recurra.structures import ManyToOne, OneToOne
from recurra.tour.stop import Both, Curve, Frame, Stop

READ, WRITTEN = 8, 6
ALL = READ + WRITTEN

Wired = tuple[Tensor, Tensor, list[int], list[int]]
"""What is read, (N,); what is answered, (M,); and at which steps each stands."""


def structures() -> Stop:
    """What goes in, and what comes out, and which depends on which."""
    kinds: list[tuple[Both, Callable[[], Wired]]] = [
        (Both("one to one", "一对一"), _one_to_one),
        (Both("one to many", "一对多"), _one_to_many),
        (Both("many to one", "多对一"), _many_to_one),
        (Both("each to each", "逐步对应"), _each_to_each),
        (Both("many to many", "多对多"), _many_to_many),
    ]
    return Stop(
        "structures",
        Both("Five structures", "五种结构"),
        (
            Both(
                "A recurrent layer has an output at every step. What a network is made for lies in "
                "which steps it reads at, and which it answers at: one vector to a melody, a "
                "review to its mood, each word to its tag, a sentence to another. The last figure "
                "is measured: with how many of the steps read the last answer changes.",
                "循环层在每一步都有输出。网络做什么用，取决于它在哪些步读、在哪些步回答："
                "一个向量变成一段"
                "旋律，一篇评论变成褒贬，每个词变成词性，一句话变成另一句话。最后一个数是"
                "测出来的：最后"
                "的回答随所读的多少步而变化。",
            ),
        ),
        Both("structure", "结构"),
        [_frame(name, wire()) for name, wire in kinds],
        2,
    )


def _frame(name: Both, wired: Wired) -> Frame:
    x, answers, read, answered = wired
    (gradient,) = torch.autograd.grad(answers[-1], x)
    reached = int((gradient.abs() > 0).sum())
    marks = []
    for places, tall in ((read, 1.0), (answered, 0.5)):
        values = np.zeros(ALL)
        values[places] = tall
        marks.append(values)
    return Frame(
        f"{name.en} · {name.zh}",
        (
            Curve(Both("reads", "读"), marks[0]),
            Curve(Both("answers, half as high", "回答（画在一半高度）"), marks[1]),
        ),
        Both(
            f"Steps read: {len(read)}. Answers: {len(answered)}. Of the steps read, the "
            "last answer "
            f"depends on {reached}.",
            f"读的步数：{len(read)}。回答的次数：{len(answered)}。最后的回答取决于所读步中的 "
            f"{reached} 步。",
        ),
    )


def _layer() -> Recurrent:
    torch.manual_seed(0)
    return Recurrent("gru", 1, 4, batch_first=True, dtype=torch.float64).eval()


def _input(steps: int) -> Tensor:
    return torch.linspace(-1, 1, steps, dtype=torch.float64).requires_grad_()


def _one_to_one() -> Wired:
    x = _input(1)
    return x, OneToOne(_layer(), 1)(x.reshape(1, 1)).reshape(-1), [0], [0]


def _one_to_many() -> Wired:
    x = _input(1)
    steps = torch.cat([x, x.new_zeros(WRITTEN - 1)]).reshape(1, -1, 1)
    return x, _layer()(steps)[0][0, :, 0], [0], [*range(WRITTEN)]


def _many_to_one() -> Wired:
    x = _input(READ)
    return x, ManyToOne(_layer(), 1)(x.reshape(1, -1, 1)).reshape(-1), [*range(READ)], [READ - 1]


def _each_to_each() -> Wired:
    x = _input(READ)
    return x, _layer()(x.reshape(1, -1, 1))[0][0, :, 0], [*range(READ)], [*range(READ)]


def _many_to_many() -> Wired:
    x = _input(READ)
    _, state = _layer()(x.reshape(1, -1, 1))
    written = _layer()(x.new_zeros(1, WRITTEN, 1), state)[0][0, :, 0]
    return x, written, [*range(READ)], [*range(READ, ALL)]
