"""What a kernel is asked to do, and what it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from recurra.kernels.philox import Stream
from recurra.language import Schedule


@dataclass(frozen=True)
class Task:
    """A cell to be run over a batch of sequences, in one direction.

    Attributes:
        schedule: The cell's step in order.
        parameters: By name, those derived from others included: matrices and vectors.
        sizes: What the widths ``"H"`` and ``"I"`` are.
        inputs: By name, (T, B, width) each, with T at least 1; ``"t"`` and ``"dt"`` are (T, B, 1).
        state: Each state before the first step, (B, width).
        lengths: How many steps each row has, (B,); None if all have T. After them its states stay
            as they are and its output is 0.
        reset: Where a row starts afresh, with states of 0, before a step: (T, B) of booleans.
        stream: Where random numbers come from; None if the cell draws none.
        truncate: Every how many steps the gradient is cut; None for never.
        every: Whether the states after every step are wanted.
    """

    schedule: Schedule
    parameters: Mapping[str, Tensor]
    sizes: Mapping[str, int]
    inputs: Mapping[str, Tensor]
    state: tuple[Tensor, ...]
    lengths: Tensor | None = None
    reset: Tensor | None = None
    stream: Stream | None = None
    truncate: int | None = None
    every: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a task.

    Attributes:
        output: The output after every step, (T, B, width).
        last: Each state after the last step, (B, width).
        every: Each state after every step, (T, B, width), 0 after a row's last; None if not wanted.
    """

    output: Tensor
    last: tuple[Tensor, ...]
    every: tuple[Tensor, ...] | None
