"""The order in which examples are visited, and their batches in that order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Tensor

from recurra.training.examples import Examples

AT_ONCE = 2**20
"""The bytes of examples that are gathered at once, about: so many stay in a processor's cache."""


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

    def draw(self) -> Tensor:
        """Draws the indices of one epoch's examples, batch after batch: int64."""
        permutation = torch.randperm(self.count, generator=self.generator)
        return permutation[: len(self) * self.batch_size]


def batches(
    examples: Examples, index: Tensor, batch_size: int, first: int = 0
) -> Iterator[tuple[Tensor, Tensor]]:
    """Examples in batches, in the order of `index`; the last batch may be smaller.

    Where `examples` say how many bytes one takes, those of many batches are gathered at once, and
    batches are views of them.

    Args:
        examples: To take them from.
        index: Which, int64 (M,).
        batch_size: B.
        first: The batch to begin with. Those gathered together stay together, so that batches lie
            in memory as they would have.
    """
    together = _together(examples, batch_size)
    whole, rest = divmod(first, together)
    for part in torch.split(index, together * batch_size)[whole:]:
        x, y = examples[part]
        if together == 1:
            yield x, y
        else:
            pairs = zip(torch.split(x, batch_size), torch.split(y, batch_size), strict=True)
            yield from islice(pairs, rest, None)
        rest = 0


def sizes(count: int, batch_size: int) -> list[int]:
    """How many examples are in each batch of `count` examples."""
    whole, rest = divmod(count, batch_size)
    return [batch_size] * whole + [rest] * (rest > 0)


def _together(examples: Examples, batch_size: int) -> int:
    """How many batches are gathered at once."""
    each = getattr(examples, "bytes_each", None)
    return 1 if each is None else max(1, AT_ONCE // max(1, each * batch_size))
