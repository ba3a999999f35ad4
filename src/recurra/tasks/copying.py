"""The copying problem."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional

from recurra.options import whole
from recurra.tasks.scores import cross_entropy
from recurra.tasks.task import Batch, Task


@dataclass(frozen=True)
class Copying(Task):
    """A few symbols, a long nothing, then a sign to say the symbols again.

    Arjovsky et al. 2016 (arXiv:1511.06464, section 4.1), after Hochreiter & Schmidhuber 1997: 10
    symbols of an alphabet of 8, T - 1 blanks, a delimiter, and 10 more blanks during which the
    symbols are to be given back.

    * Each to each. ``x`` (B, T + 20, 10), one-hot: classes 0 to 7 are the alphabet, 8 the blank, 9
      the delimiter. ``y`` (B, T + 20) int64: the blank T + 10 times, then the 10 symbols. O is 9,
      since the delimiter is never an answer.
    * Loss: cross-entropy over all steps, in nats. Who remembers nothing gives blanks and then any
      of the 8: 10 ln 8 / (T + 20).
    * Memory: T + 10 steps, the same for each symbol.

    Args:
        blanks: T, at least 1.
        symbols: How many are to be recalled, at least 1; the paper's is 10.
        alphabet: Of how many different ones, at least 2; the paper's is 8.

    Raises:
        OptionError: If one is less.
    """

    blanks: int = 100
    symbols: int = 10
    alphabet: int = 8

    structure: ClassVar[Literal["many to one", "each to each"]] = "each to each"

    def __post_init__(self) -> None:
        whole("blanks", self.blanks, 1)
        whole("symbols", self.symbols, 1)
        whole("alphabet", self.alphabet, 2)

    @property
    def input_size(self) -> int:
        """The alphabet, the blank and the delimiter."""
        return self.alphabet + 2

    @property
    def output_size(self) -> int:
        """The alphabet and the blank."""
        return self.alphabet + 1

    @property
    def memory(self) -> int:
        """From a symbol to its recall."""
        return self.blanks + self.symbols

    @property
    def baseline(self) -> float:
        """The blanks are certain; each symbol is one of so many."""
        return self.symbols * math.log(self.alphabet) / (self.blanks + 2 * self.symbols)

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Inputs (B, T + 20, 10) and targets (B, T + 20)."""
        rows, blank = whole("batch_size", batch_size, 1), self.alphabet
        said = torch.randint(self.alphabet, (rows, self.symbols), generator=generator)
        steps = torch.full((rows, self.blanks + 2 * self.symbols), blank)
        steps[:, : self.symbols] = said
        steps[:, self.symbols + self.blanks - 1] = blank + 1
        y = torch.full_like(steps, blank)
        y[:, -self.symbols :] = said
        return Batch(functional.one_hot(steps, self.input_size).float(), y)

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy over all steps."""
        return cross_entropy(prediction, y)
