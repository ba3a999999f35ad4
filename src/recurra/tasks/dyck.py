"""Words of brackets."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Literal

import torch
from torch import Tensor
from torch.nn import functional

from recurra.errors import OptionError
from recurra.options import whole
from recurra.tasks.scores import NOT_ASKED, cross_entropy
from recurra.tasks.task import Batch, Task


@dataclass(frozen=True)
class Dyck(Task):
    """Brackets of several kinds, rightly nested: after one closes, which is to close next?

    Words of the Dyck language with so many kinds and of bounded depth (Hewitt et al. 2020,
    arXiv:2010.07515, section 3; they too judge by the closing brackets). One pair of brackets is
    around the whole word; what is within is drawn uniformly from all nestings of that length and
    depth, and each pair's kind uniformly.

    * Each to each. ``x`` (B, T, 2 kinds), one-hot: the opening brackets of each kind, then the
      closing ones. ``y`` (B, T) int64: after a closing bracket the kind of the innermost that is
      still open; elsewhere, and where none is, nothing is asked (-100).
    * Loss: cross-entropy, in nats, over the steps at which something is asked. What has just closed
      tells nothing of what is around it, so that who remembers nothing scores ln kinds.
    * Memory: T - 2 steps at most, in a stack of ``depth`` brackets.

    Args:
        length: T, even and at least 4.
        kinds: How many kinds of brackets there are, at least 2.
        depth: How many may be open at a time, at least 2.

    Raises:
        OptionError: If one is not so.
    """

    length: int = 50
    kinds: int = 2
    depth: int = 4

    structure: ClassVar[Literal["many to one", "each to each"]] = "each to each"

    def __post_init__(self) -> None:
        if whole("length", self.length, 4) % 2:
            raise OptionError(f"length={self.length}", "an even number: each bracket has a partner")
        whole("kinds", self.kinds, 2)
        whole("depth", self.depth, 2)

    @property
    def input_size(self) -> int:
        """Each kind, open and closed."""
        return 2 * self.kinds

    @property
    def output_size(self) -> int:
        """Each kind."""
        return self.kinds

    @property
    def memory(self) -> int:
        """From the first bracket to the last question."""
        return self.length - 2

    @property
    def baseline(self) -> float:
        """Each kind is as likely."""
        return math.log(self.kinds)

    def draw(self, batch_size: int, generator: torch.Generator) -> Batch:
        """Words (B, T, 2 kinds) and what is due (B, T)."""
        rows = whole("batch_size", batch_size, 1)
        chance = torch.rand(rows, self.length, generator=generator, dtype=torch.float64)
        kinds = torch.randint(self.kinds, (rows, self.length), generator=generator)
        opening = _chances_of_opening(self.length - 2, self.depth - 1)
        every, open_now = torch.arange(rows), torch.zeros(rows, dtype=torch.int64)
        stack = torch.zeros(rows, self.depth + 1, dtype=torch.int64)
        steps, y = torch.empty_like(kinds), torch.empty_like(kinds)
        for step in range(self.length):
            opens = self._opens(step, chance[:, step], opening, open_now)
            kind = torch.where(opens, kinds[:, step], stack[every, open_now])
            open_now = torch.where(opens, open_now + 1, open_now - 1)
            # A closing bracket finds its own kind where it writes: nothing changes.
            stack[every, torch.where(opens, open_now, open_now + 1)] = kind
            steps[:, step] = torch.where(opens, kind, kind + self.kinds)
            asked = ~opens & (open_now > 0)
            y[:, step] = torch.where(asked, stack[every, open_now], NOT_ASKED)
        return Batch(functional.one_hot(steps, self.input_size).float(), y)

    def _opens(self, step: int, chance: Tensor, opening: Tensor, open_now: Tensor) -> Tensor:
        """Whether each row's next bracket opens: (B,) of booleans."""
        if step in {0, self.length - 1}:
            return torch.full_like(open_now, step == 0, dtype=torch.bool)
        return chance < opening[self.length - 1 - step, open_now - 1]

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """The mean cross-entropy over what is asked."""
        return cross_entropy(prediction, y)


@cache
def _chances_of_opening(length: int, depth: int) -> Tensor:
    """The chance that a bracket opens if all words are as likely: (remaining steps, open ones).

    Words are counted backwards, from the one way to go on when nothing remains.
    """
    ways = [1] + [0] * depth
    chances = [[0.0] * (depth + 1)]
    for _ in range(length):
        opened, closed = [*ways[1:], 0], [0, *ways[:-1]]
        ways = [a + b for a, b in zip(opened, closed, strict=True)]
        # Whole numbers of any size, divided only here.
        chances.append([a / both if both else 0.0 for a, both in zip(opened, ways, strict=True)])
    return torch.tensor(chances, dtype=torch.float64)
