"""How many keys sound at once, and drawing that many of them together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.music.roll import KEYS

DRAWS = KEYS + 1
"""Random numbers that a step takes: one for how many keys, one for each key."""

SURE = 30.0
"""Log-odds beyond which a key is taken to be as good as certain."""

NEVER = 1e-5
"""Odds below which a key is never drawn, which saves most of the work."""

MOST = 20
"""Keys at once that are counted, at most: more are taken for as many."""

_UNSEEN = 0.01
"""How often a number that never followed another is taken to have done so."""

Numbers = NDArray[np.float64]


class Voices:
    """How many keys sound after how many, counted in pieces.

    Keys that are drawn each by itself are now and then none and now and then two where one voice
    moves, whatever the network knows. Here a step is drawn as a whole: the number of its keys, by
    what the network makes of it times what followed the last number in training; then so many
    keys, with the network's odds (a conditional Bernoulli distribution: Chen & Liu 1997, Statistica
    Sinica 7, section 2).

    Args:
        table: How likely j keys follow i keys, (C, C), rows of sum 1.
    """

    def __init__(self, table: Tensor) -> None:
        self.table = table
        self._table: Numbers = table.double().numpy()

    @classmethod
    def of(cls, pieces: Sequence[Tensor]) -> Voices:
        """Counts in pieces (T, 88); before a piece there is silence."""
        counts = [piece.sum(1, dtype=torch.int64).clamp(max=MOST) for piece in pieces]
        size = int(max(one.max() for one in counts)) + 1
        table = torch.full((size, size), _UNSEEN, dtype=torch.float64)
        for one in counts:
            before = torch.cat([torch.zeros(1, dtype=torch.int64), one[:-1]])
            table.index_put_((before, one), torch.ones(len(one)).double(), accumulate=True)
        return cls((table / table.sum(1, keepdim=True)).float())

    def drawn(self, odds: Tensor, before: Tensor, chance: Tensor) -> Tensor:
        """The keys of a step.

        Args:
            odds: The log-odds of each key, (B, 88).
            before: The step before, (B, 88).
            chance: Numbers from 0 up to but not 1, (B, 89).

        Returns:
            0 and 1, float32 (B, 88).
        """
        weights = np.exp(odds.double().clamp(-SURE, SURE).numpy())
        live = np.flatnonzero((weights > NEVER).any(0))
        weights = weights[:, live]
        given = before.sum(1).long().clamp(max=len(self._table) - 1).numpy()
        random = chance.double().numpy()
        ways = _ways(weights, len(self._table))
        likely = ways[0] * self._table[given]
        reached = likely.cumsum(1) / likely.sum(1, keepdims=True)
        left = (random[:, :1] >= reached[:, :-1]).sum(1)
        found = torch.zeros(odds.shape)
        found[:, live] = torch.from_numpy(_chosen(weights, ways, left, random[:, 1 + live]))
        return found


def _ways(weights: Numbers, size: int) -> list[Numbers]:
    """Of each key on, the sum over all choices of k keys of the product of their weights, (B, C).

    These are the elementary symmetric polynomials of the weights (B, L), k from 0 to C - 1.
    """
    found = np.zeros((len(weights), size))
    found[:, 0] = 1
    after = [found]
    for key in reversed(range(weights.shape[1])):
        found = found.copy()
        found[:, 1:] += weights[:, key, None] * after[-1][:, :-1]
        after.append(found)
    return after[::-1]


def _chosen(
    weights: Numbers, ways: Sequence[Numbers], left: NDArray[np.int64], random: Numbers
) -> NDArray[np.float32]:
    """So many keys of each row, from the lowest on: each by the ways there are with it."""
    rows = np.arange(len(left))
    found = np.zeros(weights.shape, dtype=np.float32)
    for key in range(weights.shape[1]):
        with_it = weights[:, key] * ways[key + 1][rows, np.maximum(left - 1, 0)]
        taken = (left > 0) & (random[:, key] * ways[key][rows, left] < with_it)
        found[:, key] = taken
        left = left - taken
    return found
