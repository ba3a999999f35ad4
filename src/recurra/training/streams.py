"""Long streams, cut into chunks that are read in order."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from recurra.errors import DataError
from recurra.training.limits import at_least


class Chunk(NamedTuple):
    """So many steps of every row.

    Attributes:
        x: The inputs, (B, T, ...); all lies where they lie.
        y: The targets, (B, T, ...).
        reset: True where a row begins another stream, or its first, (B, T).
        lengths: How many steps of each row are real, (B,) int64. Only in the last chunk are there
            rows of fewer than T, by one step; behind them ``x`` and ``y`` are 0.
    """

    x: Tensor
    y: Tensor
    reset: Tensor
    lengths: Tensor


class StreamChunks:
    """Streams, laid end to end on B rows and cut into chunks of T steps, to be read in order.

    The streams form one tape, which is cut into B rows of equal length, by a step at most; the
    rows are read side by side. So each chunk goes on where the one before it ended, row by row, and
    a state can be carried from one to the next. Where a row begins in the midst of a stream its
    state starts from zero, as at the beginning of a stream. As many equal streams as rows lie one
    on each. Nothing is left out: each step of each stream is in one chunk.

    Each pass gives the same chunks.

    Args:
        x: The inputs of a stream, (N, ...), or of several, each of a length of its own, at least 1.
        y: The targets, one for each step: (N, ...), or as many as there are streams.
        rows: B, how many rows are read side by side, from 1 to the number of steps.
        steps: T, the steps of a chunk, at least 1: so far goes back the gradient.

    Raises:
        OptionError: If ``rows`` or ``steps`` is below 1.
        DataError: If there is no step, inputs and targets do not pair up, or there are more rows
            than steps.
    """

    def __init__(
        self, x: Tensor | Sequence[Tensor], y: Tensor | Sequence[Tensor], *, rows: int, steps: int
    ) -> None:
        at_least(1, rows=rows, steps=steps)
        streams, targets = _listed(x), _listed(y)
        _check(streams, targets, rows)
        self.rows, self.steps = rows, steps
        starts = torch.zeros(sum(map(len, streams)), dtype=torch.bool)
        starts[torch.tensor([0, *map(len, streams)]).cumsum(0)[:-1]] = True
        self._x, self._y, self._starts = torch.cat(streams), torch.cat(targets), starts
        # The first rows have the steps that are left over.
        whole, over = divmod(len(self._x), rows)
        self._lengths = whole + (torch.arange(rows) < over).long()
        self._begins = self._lengths.cumsum(0) - self._lengths
        self._starts[self._begins] = True

    def __len__(self) -> int:
        """The number of chunks."""
        return math.ceil(int(self._lengths.max()) / self.steps)

    def __iter__(self) -> Iterator[Chunk]:
        """The chunks of a pass, in order."""
        longest = int(self._lengths.max())
        for begin in range(0, longest, self.steps):
            yield self._chunk(torch.arange(begin, min(begin + self.steps, longest)))

    def _chunk(self, steps: Tensor) -> Chunk:
        real = steps < self._lengths.unsqueeze(1)
        # Behind its end a row would read the first step of the next, or behind the tape.
        index = torch.where(real, self._begins.unsqueeze(1) + steps, 0)
        return Chunk(
            _taken(self._x, index, real),
            _taken(self._y, index, real),
            (self._starts[index] & real).to(self._x.device),
            real.sum(1).to(self._x.device),
        )


def _taken(tape: Tensor, index: Tensor, real: Tensor) -> Tensor:
    """Steps of the tape, (B, T, ...), 0 where they are not real."""
    index, real = index.to(tape.device), real.to(tape.device)
    return tape[index].masked_fill(~real.reshape(real.shape + (1,) * (tape.ndim - 1)), 0)


def _listed(streams: Tensor | Sequence[Tensor]) -> list[Tensor]:
    return [streams] if isinstance(streams, Tensor) else list(streams)


def _check(streams: list[Tensor], targets: list[Tensor], rows: int) -> None:
    lengths, found = ([_length(one) for one in some] for some in (streams, targets))
    if lengths != found or not lengths or min(lengths) < 1:
        raise DataError(
            f"streams of {lengths} steps with targets for {found}",
            "at least one step in each stream, and a target for each step",
            "leave empty streams out, and cut what has no target",
        )
    if rows > sum(lengths):
        raise DataError(
            f"rows={rows} for {sum(lengths)} steps in all", "no more rows than steps", "fewer rows"
        )


def _length(stream: Tensor) -> int:
    return len(stream) if stream.ndim else 0
