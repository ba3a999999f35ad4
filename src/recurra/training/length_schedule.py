"""Sequences that grow longer as training goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from torch import Tensor

from recurra.errors import OptionError
from recurra.training.examples import Data, as_examples
from recurra.training.limits import at_least


@dataclass(frozen=True)
class LengthSchedule:
    """A length for each step of training, or each epoch: longer and longer, then the same.

    Short sequences first is the oldest curriculum for recurrent networks (Elman 1993, Cognition
    48(1)): what is near is learned before what is far.

    Args:
        first: The length at the start, at least 1.
        last: The length at the end, at least ``first``.
        over: After how many steps (or epochs) it is reached, at least 1; it grows evenly.

    Raises:
        OptionError: If one is out of range.
    """

    first: int
    last: int
    over: int

    def __post_init__(self) -> None:
        at_least(1, first=self.first, over=self.over)
        if self.last < self.first:
            raise OptionError(
                f"last={self.last} with first={self.first}", "a last length no less than the first"
            )

    def at(self, step: int) -> int:
        """The length at a step, counted from 0.

        Raises:
            OptionError: If the step is below 0.
        """
        at_least(0, step=step)
        return self.first + (self.last - self.first) * min(step, self.over) // self.over

    def __iter__(self) -> Iterator[int]:
        """The length of each step, without end."""
        step = 0
        while True:
            yield self.at(step)
            step += 1


class LastSteps:
    """Examples of which only the last steps are given, as many as ``length`` says.

    Args:
        data: Examples, or tensors (x, y), with inputs (N, T, ...).
        length: The steps given, at least 1; it can be set at any time. Where there are fewer, all.
        targets: Whether targets have a step for each of the input's, (N, T, ...), and are cut too.

    Raises:
        OptionError: If ``length`` is below 1.
        DataError: If there are no examples, or inputs and targets do not pair up.
    """

    def __init__(self, data: Data, length: int, *, targets: bool = False) -> None:
        self._examples = as_examples(data, "examples to be cut")
        self._targets = targets
        self.length = length

    @property
    def length(self) -> int:
        """The steps given."""
        return self._length

    @length.setter
    def length(self, length: int) -> None:
        at_least(1, length=length)
        self._length = length

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: Tensor, /) -> tuple[Tensor, Tensor]:
        """The last steps of the examples at `index`."""
        x, y = self._examples[index]
        return x[:, -self.length :], y[:, -self.length :] if self._targets else y
