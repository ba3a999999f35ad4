"""What needs no network: the last period's values, and the last close with a usual range."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from recurra.applications.prices.features import Seen
from recurra.applications.prices.parting import Places
from recurra.applications.prices.path import moves
from recurra.applications.prices.quotes import CLOSE, Numbers


@dataclass(frozen=True)
class Naive:
    """Forecasts that anyone can make.

    Attributes:
        above: How far the high usually is above the close before, by the scale.
        below: How far the low usually is below it.
    """

    above: float
    below: float

    @classmethod
    def of(cls, tickers: Sequence[Seen], places: Places) -> Self:
        """What was usual: the medians over some periods."""
        moved = np.concatenate(
            [truth(one, some) for one, some in zip(tickers, places, strict=True)]
        )
        return cls(float(np.median(moved[:, 1])), float(-np.median(moved[:, 2])))

    def usual(self, count: int) -> Numbers:
        """Open and close at the close before, high and low as far from it as usual, (M, 4)."""
        return np.tile([0.0, self.above, -self.below, 0.0], (count, 1))


def last_values(one: Seen, logs: Numbers, places: np.ndarray) -> Numbers:
    """The four prices of the period before, as they were, (M, 4).

    Args:
        one: The ticker.
        logs: The logarithms of its prices, (T, 4).
        places: The periods at whose close the next is foretold, (M,).
    """
    moved: Numbers = logs[places] - logs[places, CLOSE, None]
    return moved / one.scale[places, None]


def truth(one: Seen, places: np.ndarray) -> Numbers:
    """What came: open, high, low and close in logarithms above the close before, by the scale."""
    return moves(one.targets[places])
