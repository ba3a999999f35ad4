"""Pairs of sentences side by side, as the network reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from recurra.applications.words import START
from recurra.training import padded


class Batch(NamedTuple):
    """B pairs, sources of at most S symbols and targets of at most T, end marks included.

    Attributes:
        source: What is read, (B, S).
        source_lengths: (B,).
        inputs: What stands before each symbol of the target, the start mark first, (B, T).
        targets: What is written, (B, T).
        lengths: Of the targets, (B,).
    """

    source: Tensor
    source_lengths: Tensor
    inputs: Tensor
    targets: Tensor
    lengths: Tensor


class Numbered(NamedTuple):
    """Pairs as numbers: sources and targets, N of each, int64 (S_i,) and (T_i,)."""

    sources: list[Tensor]
    targets: list[Tensor]

    def short(self, most: int) -> Numbered:
        """Those of at most so many symbols on either side."""
        kept = [n for n, both in enumerate(zip(*self, strict=True)) if max(map(len, both)) <= most]
        return Numbered([self.sources[n] for n in kept], [self.targets[n] for n in kept])

    def batch(self, places: Tensor) -> Batch:
        """Some of them, int64 (B,), side by side."""
        source, source_lengths = padded(self.sources, places)
        targets, lengths = padded(self.targets, places)
        first = torch.full((len(places), 1), START)
        inputs = torch.cat([first, targets[:, :-1]], 1)
        return Batch(source, source_lengths, inputs, targets, lengths)


class TokenBatches:
    """Batches of like lengths and about as many symbols each, in another order at each pass.

    Each pair is in one batch of a pass, and a batch is an index (B,) int64. Its rows times its
    longest source or target are at most ``symbols``, unless it is a single pair. How large batches
    are depends on the lengths alone; pairs of equal lengths change places.

    Args:
        sources: The symbols of each source, N of them.
        targets: Those of each target.
        symbols: The most of a batch on either side, padding included, at least 1.
        seed: Of the order. The next pass goes on where the last left off.
    """

    def __init__(
        self, sources: Sequence[int], targets: Sequence[int], symbols: int, *, seed: int = 0
    ) -> None:
        # By target first, then by source: one number sorts both.
        width = max(sources, default=0) + 1
        self._keys = torch.tensor(
            [t * width + s for s, t in zip(sources, targets, strict=True)], dtype=torch.int64
        )
        order = self._keys.argsort(stable=True).tolist()
        self._sizes = _sizes([max(sources[n], targets[n]) for n in order], symbols)
        self._generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """The number of batches in a pass."""
        return len(self._sizes)

    def __iter__(self) -> Iterator[Tensor]:
        """The batches of a pass."""
        shuffled = torch.randperm(len(self._keys), generator=self._generator)
        order = shuffled[self._keys[shuffled].argsort(stable=True)]
        batches = torch.split(order, self._sizes)
        for place in torch.randperm(len(batches), generator=self._generator).tolist():
            yield batches[place]


def _sizes(lengths: Sequence[int], symbols: int) -> list[int]:
    """How many pairs, in their order, go into each batch."""
    sizes: list[int] = []
    count = longest = 0
    for length in lengths:
        if count and (count + 1) * max(longest, length) > symbols:
            sizes.append(count)
            count = longest = 0
        count, longest = count + 1, max(longest, length)
    return [*sizes, count] if count else sizes
