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
                "A recurrent layer has an output at every step. What a network can do "
                "depends on which steps it reads at, and which it answers at. One to one: a "
                "picture and its class. One to many: a picture and a caption. Many to one: a "
                "review and its mood. Each to each: every word and its part of speech. Many "
                "to many: a sentence and its translation.",
                "循环层在每一步都有输出。网络能做什么，取决于它在哪些步读，在哪些步答。一对一"
                "：给图片分类。一对多：看图写说明。多对一：判断一篇评论是褒是贬。逐步对应：给"
                "每个词标注词性。多对多：把一句话译成另一种语言。",
            ),
            Both(
                "Choose one. The last figure is measured: it says with how many of the "
                "inputs the last answer changes.",
                "选一种结构看看。最后一个数是实测的：有多少个输入一变，最后的回答就跟着变。",
            ),
        ),
        Both("structure", "结构"),
        [_frame(name, wire()) for name, wire in kinds],
        2,
        boxes=True,
    )


def _frame(name: Both, wired: Wired) -> Frame:
    x, answers, read, answered = wired
    (gradient,) = torch.autograd.grad(answers[-1], x)
    reached = int((gradient.abs() > 0).sum())
    marks = []
    for places in (read, answered):
        values = np.zeros(ALL)
        values[places] = 1
        marks.append(values)
    reads, answers_at = _steps(len(read)), _steps(len(answered))
    inputs = "input" if reached == 1 else "inputs"
    return Frame(
        name,
        (Curve(Both("reads", "读"), marks[0]), Curve(Both("answers", "答"), marks[1])),
        Both(
            f"It reads at {reads} and answers at {answers_at}. The last answer depends on "
            f"{reached} {inputs}.",
            f"在 {len(read)} 步读，在 {len(answered)} 步答。最后的回答取决于 {reached} 个输入。",
        ),
    )


def _steps(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"


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
