"""The adding problem."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from recurra.options import whole
from recurra.tasks.scores import squared_error
from recurra.tasks.task import Batch, Task


@dataclass(frozen=True)
class Adding(Task):
    """Two of many numbers are marked; the answer is their sum.

    Hochreiter & Schmidhuber 1997, Neural Computation 9(8), section 5.4, with numbers from 0 to 1
    and one mark in each half of the sequence as in Arjovsky et al. 2016 (arXiv:1511.06464, section
    4.1).

    * Many to one. ``x`` (B, T, 2): a number drawn uniformly from [0, 1), and 1 where it is marked,
      else 0. ``y`` (B, 1): the sum of the two marked numbers.
    * Loss: mean squared error. Who remembers nothing answers 1, the mean: 1/6 = 0.167, the variance
      of the sum of two.
    * Memory: T - 1 steps at most, from the first step to the last.

    Args:
        length: T, at least 2.

    Raises:
        OptionError: If it is less.
    """

    length: int = 100

    classes: ClassVar[bool] = False

    def __post_init__(self) -> None:
        whole("length", self.length, 2)

    @property
    def input_size(self) -> int:
        """A number and its mark."""
        return 2

    @property
    def output_size(self) -> int:
        """The sum."""
        return 1

    @property
    def memory(self) -> int:
        """From the first step to the last."""
        return self.length - 1

    @property
    def baseline(self) -> float:
        """The variance of the sum of two numbers, each of variance 1/12."""
        return 1 / 6

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Inputs (B, T, 2) and sums (B, 1)."""
        rows, half = whole("batch_size", batch_size, 1), self.length // 2
        numbers = torch.rand(rows, self.length, generator=generator)
        first = torch.randint(half, (rows, 1), generator=generator)
        second = torch.randint(half, self.length, (rows, 1), generator=generator)
        marks = torch.zeros_like(numbers).scatter_(1, torch.cat([first, second], 1), 1.0)
        sums = numbers.gather(1, first) + numbers.gather(1, second)
        return Batch(torch.stack([numbers, marks], -1), sums)

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean squared error."""
        return squared_error(prediction, y)
