"""The quantiles of a head, moved until they hold on held-out windows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.forecasting.model import Support
from recurra.forecasting.uncertainty.held_out import Quantiles
from recurra.forecasting.uncertainty.marginals import GRID, MIDDLE, Marginals

Array = NDArray[np.float64]

NARROW, WIDE = (int(np.argmin(np.abs(GRID - p))) for p in (0.1, 0.9))
"""Places in the grid of the quantiles whose distance is a window's spread."""

LEAST = 1e-6
"""The least spread, in standard units."""

FLOORS = {"counts": 1.0, "positive": LEAST}
"""Likewise in counts, and in logarithms."""


@dataclass(frozen=True)
class Shifts:
    """Conformalised quantile regression (Romano, Patterson & Candes 2019), a quantile at a time.

    Each quantile is moved outwards, or inwards, by what covers its share of the held-out windows:
    the lower and the upper ends by themselves (their theorem 2), so that the ends of an interval
    are the quantiles of the same name. The move is counted in the window's own spread, the distance
    of the head's quantiles 0.1 and 0.9, which keeps the head's sense of calm and restless windows
    (Sesia & Candes 2020, section 2.2); of series above 0, in logarithms. The median stays where it
    is, and is crossed by none.

    Errors of neighbouring windows depend on each other, so the shares are approximate.

    Attributes:
        outwards: In spreads, (K, P), at GRID.
    """

    outwards: Array

    @classmethod
    def of(cls, held_out: Quantiles, support: Support) -> Self:
        """From held-out windows.

        Args:
            held_out: What the head said, and what came.
            support: Which values there can be.
        """
        values, truth = _straight(held_out.values, support), _straight(held_out.truth, support)
        over = (truth[..., None] - values) / _spread(values, held_out.deviation, support)
        scores = np.where(np.arange(len(GRID)) < MIDDLE, -over, over)
        found = np.stack([_moves(scores[..., p], max(q, 1 - q)) for p, q in enumerate(GRID)], 1)
        found[:, MIDDLE] = 0.0
        return cls(found)

    @property
    def known(self) -> bool:
        """Whether there was any truth to calibrate by."""
        return bool(np.isfinite(self.outwards).all())

    def check(self) -> None:
        """Raises an OptionError if they are not known."""
        if not self.known:
            raise OptionError(
                "the distribution of a model without a scored validation part",
                "observed values in the validation part",
                "leave out level, quantiles and samples",
            )

    def marginals(self, values: Array, deviation: Array, support: Support) -> Marginals:
        """Distributions that hold, of what the head says.

        Args:
            values: Its quantiles at GRID, (W, K', P), for as many steps as were calibrated or less.
            deviation: The standard unit of each window's series, (W,).
            support: Which values there can be.

        Raises:
            OptionError: If the validation part held nothing to calibrate by.
        """
        self.check()
        moves = self.outwards[: values.shape[1]]
        sides = np.where(np.arange(len(GRID)) < MIDDLE, -1.0, 1.0)
        values = _straight(values, support)
        moved = values + sides * moves * _spread(values, deviation, support)
        middle = values[..., MIDDLE : MIDDLE + 1]
        lower = np.minimum.accumulate(np.minimum(moved, middle)[..., MIDDLE::-1], axis=2)[..., ::-1]
        upper = np.maximum.accumulate(np.maximum(moved, middle)[..., MIDDLE + 1 :], axis=2)
        found = np.concatenate([lower, upper], axis=2)
        return Marginals(np.exp(found) if support == "positive" else found, support == "counts")


def _straight(values: Array, support: Support) -> Array:
    """Values that can be moved up and down: of numbers above 0 their logarithms."""
    return np.log(np.maximum(values, np.finfo(float).tiny)) if support == "positive" else values


def _spread(values: Array, deviation: Array, support: Support) -> Array:
    """(W, K, 1), above 0; of counts at least 1."""
    least = LEAST * deviation if support == "real" else np.full_like(deviation, FLOORS[support])
    return np.maximum(values[..., WIDE] - values[..., NARROW], least[:, None])[..., None]


def _moves(scores: Array, share: float) -> Array:
    """The move of each step, (K,), by which a share of the scores (W, K) is covered.

    Where a step has too few for the share: that of all steps together, or the step's largest if
    that is larger.
    """
    steps = [row[np.isfinite(row)] for row in scores.T]
    every = np.concatenate(steps)
    if not len(every):
        return np.full(len(steps), np.nan)
    pooled = _quantile(every, share)
    return np.array(
        [
            _quantile(one, share) if _rank(one, share) <= len(one) else max(pooled, *one, -np.inf)
            for one in steps
        ]
    )


def _rank(scores: Array, share: float) -> int:
    # 1 - 0.1 is not 0.9 to the last bit, and must not cost a rank.
    return math.ceil((len(scores) + 1) * share - 1e-9)


def _quantile(scores: Array, share: float) -> float:
    place = min(_rank(scores, share), len(scores)) - 1
    return float(np.partition(scores, place)[place])
