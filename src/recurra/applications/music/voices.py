"""How many keys sound at once, and drawing that many of them together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.music.roll import KEYS

MOST = 20
"""Keys at once that are counted, at most: more are taken for as many."""

DRAWS = 1 + MOST
"""Random numbers that a step takes: one for how many keys, one for each of them."""

SURE = 30.0
"""Log-odds beyond which a key is taken to be as good as certain."""

_UNSEEN = 0.01
"""How often a number that never followed another is taken to have done so."""

Numbers = NDArray[np.float64]

Rolls = NDArray[np.float32]
"""What sounds at a step, 0 or 1 for each key."""


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

    def drawn(self, odds: Numbers, before: Rolls, chance: Numbers) -> Rolls:
        """The keys of a step.

        Arrays: a step is so little work that the calls would take longer than the numbers.

        Args:
            odds: The log-odds of each key, (B, 88).
            before: The step before, (B, 88).
            chance: Numbers from 0 up to but not 1, (B, 21).

        Returns:
            0 and 1, float32 (B, 88).
        """
        weights = np.exp(np.minimum(np.maximum(odds, -SURE), SURE))
        size = len(self._table)
        given = np.minimum(before.sum(1), size - 1).astype(np.intp)
        ways = _ways(weights, size)
        reached = (ways[:, :, 0].T * self._table[given]).cumsum(1)
        left = (chance[:, :1] * reached[:, -1:] >= reached[:, :-1]).sum(1)
        return _chosen(ways, left, chance[:, 1:])


def _ways(weights: Numbers, size: int) -> Numbers:
    """From each key on, the sum over all choices of k keys of the product of their weights.

    These are elementary symmetric polynomials. Of k keys from one on: those of k - 1 behind the
    first of them, by its weight, summed over which is the first.

    Args:
        weights: (B, 88).
        size: C; k goes from 0 to C - 1.

    Returns:
        (C, B, 90): of the last two, behind all keys, only the choice of none is a way.
    """
    found = np.zeros((size, len(weights), KEYS + 2))
    found[0] = 1
    upwards = found[:, :, -3::-1]
    for count in range(1, size):
        first = weights * found[count - 1, :, 1:-1]
        first[:, ::-1].cumsum(1, out=upwards[count])
    return found


def _chosen(ways: Numbers, left: NDArray[np.intp], chance: Numbers) -> Rolls:
    """So many keys of each row, from the lowest on.

    Of the ways from where a key is looked for, those that begin behind the key are fewer the higher
    it is: the first of which they are fewer than chance asks for is taken.
    """
    rows, most = np.arange(len(left)), int(left.max(initial=0))
    # Whatever does not hang on the keys before is found for all of them at once.
    behind = ways[np.maximum(left - np.arange(most)[:, None], 0), rows]
    asked = 1 - chance.T[:most]
    keys = np.zeros((most, len(left)), dtype=np.intp)
    begin = np.zeros(len(left), dtype=np.intp)
    for number, (some, share) in enumerate(zip(behind, asked, strict=True)):
        least = share * some[rows, begin]
        keys[number] = (some[:, 1:-1] >= least[:, None]).sum(1)
        begin = keys[number] + 1
    # A row that has all its keys chooses one behind the highest, which none reads.
    found = np.zeros((len(left), KEYS + 1), dtype=np.float32)
    found[rows, keys] = 1
    return np.ascontiguousarray(found[:, :KEYS])
