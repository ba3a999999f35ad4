"""Where the arrays of a pass lie in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace

from torch import Tensor


@dataclass(frozen=True)
class Place:
    """An array in a tensor.

    Attributes:
        tensor: Where it lies.
        by_step: How many numbers lie from one step to the next.
        by_row: Likewise for rows.
        column: The column of the tensor in which it starts.
        skipped: The numbers before its first.
        by_thread: How many numbers lie from one thread's to the next's.
    """

    tensor: Tensor
    by_step: int
    by_row: int
    column: int = 0
    skipped: int = 0
    by_thread: int = 0

    @property
    def address(self) -> int:
        """Of the first number."""
        return self.tensor.data_ptr() + (self.column + self.skipped) * self.tensor.element_size()

    @property
    def next_step(self) -> Place:
        """The same array from its second step on."""
        return replace(self, skipped=self.skipped + self.by_step)


def stepwise(tensor: Tensor, column: int = 0) -> Place:
    """An array with rows for each step, (T, B, width)."""
    if tensor.stride(-1) != 1 and tensor.shape[-1] != 1:
        tensor = tensor.contiguous()
    return Place(tensor, tensor.stride(0), tensor.stride(1), column)


def of_thread(tensor: Tensor) -> Place:
    """An array with one row for each thread, (threads, width)."""
    return Place(tensor, 0, 0, by_thread=tensor.stride(0))


def of_step(tensor: Tensor) -> Place:
    """An array that every step uses again, (B, width)."""
    return Place(tensor, 0, tensor.stride(0))
