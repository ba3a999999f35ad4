"""Time cut in three: to learn from, to choose by, to be judged by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.applications.prices.features import Seen
from recurra.errors import DataError

SHARE = 0.15
"""The share of all times that is held out to choose by, and again to be judged by."""

FEWEST = 120
"""Times that there must be."""

WARM = 20
"""Periods after a ticker's first that are not foretold: its scale is not known yet."""

Places = list[NDArray[np.int64]]
"""Of each ticker the periods at whose close the next one is foretold."""


@dataclass(frozen=True)
class Parts:
    """The periods that are foretold, by what they serve for.

    Attributes:
        learned: To learn from.
        chosen_by: The best weights, and how far off forecasts are, are told by these.
        judged: Nothing is chosen by these.
        chosen_from: The first time of those that are chosen by.
        judged_from: The first time of those that are judged.
        times: How many times each part has.
    """

    learned: Places
    chosen_by: Places
    judged: Places
    chosen_from: np.datetime64
    judged_from: np.datetime64
    times: tuple[int, int, int]


def parted(tickers: Sequence[Seen]) -> Parts:
    """Cuts time at the same moments for all tickers: the last 15%, and 15% before them.

    A period belongs to the part in which that lies which is foretold at its close.

    Raises:
        DataError: If there are fewer than 120 times, or nothing to learn from before the cuts.
    """
    times = np.unique(np.concatenate([one.times for one in tickers]))
    if len(times) < FEWEST:
        raise DataError(f"prices of {len(times):,} periods", f"at least {FEWEST}", "give more")
    held = round(SHARE * len(times))
    chosen_from, judged_from = times[-2 * held], times[-held]
    ends = [(None, chosen_from), (chosen_from, judged_from), (judged_from, None)]
    parts = [[between(one, *some) for one in tickers] for some in ends]
    if not sum(map(len, parts[0])) or not sum(map(len, parts[1])):
        raise DataError("tickers whose prices all begin late", "one with prices of earlier times")
    counts = (len(times) - 2 * held, held, held)
    return Parts(parts[0], parts[1], parts[2], chosen_from, judged_from, counts)


def between(one: Seen, first: np.datetime64 | None, end: np.datetime64 | None) -> NDArray[np.int64]:
    """The periods of a ticker at whose close a time is foretold, from the first on to the end."""
    ahead = one.times[1:]
    there = np.ones(len(ahead), dtype=bool)
    there[:WARM] = False
    if first is not None:
        there &= ahead >= first
    if end is not None:
        there &= ahead < end
    return np.flatnonzero(there)
