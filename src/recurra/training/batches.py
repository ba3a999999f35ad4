"""The order in which examples are visited."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ShuffledBatches:
    """Batches of a fresh permutation of N examples each time they are drawn.

    The last batch may be smaller. The generator is its own, so that shuffling takes nothing from
    torch's global random state.

    Attributes:
        count: The number N of examples.
        batch_size: Examples a batch.
        limit: The most batches of a permutation that are used; None for all.
        generator: Where the permutations come from, on the CPU.
    """

    count: int
    batch_size: int
    limit: int | None
    generator: torch.Generator

    def __len__(self) -> int:
        whole = -(-self.count // self.batch_size)
        return whole if self.limit is None else min(whole, self.limit)

    def draw(self) -> tuple[Tensor, ...]:
        """Draws the indices of one epoch's batches: int64 (B,) each."""
        permutation = torch.randperm(self.count, generator=self.generator)
        return torch.split(permutation[: len(self) * self.batch_size], self.batch_size)


def batches_in_order(count: int, batch_size: int) -> tuple[Tensor, ...]:
    """The indices 0 to count - 1 in batches: int64 (B,) each, the last may be smaller."""
    return torch.split(torch.arange(count), batch_size)
