"""Temporal order."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional

from recurra.errors import OptionError
from recurra.options import whole
from recurra.tasks.scores import cross_entropy
from recurra.tasks.task import Batch, Task

_PLACES = {2: ((10, 20), (50, 60)), 3: ((10, 20), (33, 43), (66, 76))}
"""Between which steps of a hundred the symbols that matter lie, both included."""

START, END, DISTRACTORS, X, Y = 0, 1, (2, 3, 4, 5), 6, 7
"""The place of each symbol in a step of the input: E, B, a to d, X and Y."""


@dataclass(frozen=True)
class TemporalOrder(Task):
    """X or Y twice (or three times) among symbols that do not matter: in which order?

    Hochreiter & Schmidhuber 1997, Neural Computation 9(8), section 5.6, tasks 6a (two symbols, four
    classes) and 6b (three symbols, eight classes). Sequences begin with E, end with B and are
    otherwise drawn from a, b, c, d, but for X or Y at the places that matter. They are 100 to 110
    steps long; the first place lies between steps 10 and 20, the second between 50 and 60 (6b:
    33 and 43), the third between 66 and 76. Other lengths are stretched alike.

    * Many to one, with lengths. ``x`` (B, T, 8), one-hot in the order E, B, a, b, c, d, X, Y, zero
      behind a row's end. ``y`` (B,) int64: X as 0 and Y as 1, read as a binary number, so that for
      6a XX is 0, XY 1, YX 2, YY 3.
    * Loss: cross-entropy, in nats (the paper's is the squared error of as many outputs). Who
      remembers nothing cannot tell: ln 4 for two symbols, ln 8 for three.
    * Memory: from the first place to the end, at most T - 1 less the tenth in front of it.

    Args:
        length: The least length, at least 10; the paper's is 100. Rows are up to a tenth longer.
        symbols: 2 for task 6a, 3 for task 6b.

    Raises:
        OptionError: If they are not.
    """

    length: int = 100
    symbols: Literal[2, 3] = 2

    has_lengths: ClassVar[bool] = True

    def __post_init__(self) -> None:
        whole("length", self.length, 10)
        if self.symbols not in _PLACES:
            raise OptionError(f"symbols={self.symbols!r}", "2 for task 6a or 3 for task 6b")

    @property
    def input_size(self) -> int:
        """E, B, a, b, c, d, X and Y."""
        return 8

    @property
    def output_size(self) -> int:
        """The orders that there are."""
        return 2**self.symbols

    @property
    def longest(self) -> int:
        """The steps of the longest row."""
        return self.length + self.length // 10

    @property
    def memory(self) -> int:
        """From the first place to the end of the longest row."""
        return self.longest - 1 - self.places[0][0]

    @property
    def baseline(self) -> float:
        """All orders are as likely."""
        return math.log(self.output_size)

    @property
    def places(self) -> tuple[tuple[int, int], ...]:
        """Between which steps each symbol that matters lies, both included."""
        return tuple(
            (low * self.length // 100, high * self.length // 100)
            for low, high in _PLACES[self.symbols]
        )

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Inputs (B, T, 8), orders (B,), lengths (B,)."""
        rows = whole("batch_size", batch_size, 1)
        lengths = torch.randint(self.length, self.longest + 1, (rows,), generator=generator)
        steps = torch.randint(
            DISTRACTORS[0], DISTRACTORS[-1] + 1, (rows, self.longest), generator=generator
        )
        steps[:, 0] = START
        steps.scatter_(1, lengths.unsqueeze(1) - 1, END)
        y = torch.zeros(rows, dtype=torch.int64)
        for low, high in self.places:
            place = torch.randint(low, high + 1, (rows, 1), generator=generator)
            second = torch.randint(2, (rows,), generator=generator)
            steps.scatter_(1, place, (X + second).unsqueeze(1))
            y = 2 * y + second
        x = functional.one_hot(steps, self.input_size).float()
        behind = torch.arange(self.longest) >= lengths.unsqueeze(1)
        return Batch(x.masked_fill_(behind.unsqueeze(-1), 0.0), y, lengths)

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy."""
        return cross_entropy(prediction, y)
