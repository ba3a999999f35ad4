"""What a curve of growth by lag says of memory."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FORGOTTEN = 1e-6
"""Below this share nothing is left that a half-life could be told from."""

ENDLESS = 1e6
"""A half-life of more steps than this is none."""


@dataclass(frozen=True, eq=False)
class Memory:
    """How much of a change to the state is left, by lag.

    Attributes:
        lags: In steps, rising from 0.
        logarithms: Of the share that is left; 0 at lag 0, above where it has grown.
    """

    lags: NDArray[np.int64]
    logarithms: Array

    @classmethod
    def of_rows(cls, growth: Array, dilation: int) -> Memory:
        """The root mean square over the rows that reach so far.

        Args:
            growth: Logarithms by row and lag, NaN where a row is shorter, (R, lags).
            dilation: The steps from one lag to the next.
        """
        there = ~np.isnan(growth)
        doubled = np.where(there, 2 * growth, -np.inf)
        top = doubled.max(0)
        safe = np.where(np.isfinite(top), top, 0.0)
        with np.errstate(divide="ignore"):
            mean = safe + np.log(np.exp(doubled - safe).sum(0) / there.sum(0))
        return cls(np.arange(growth.shape[1]) * dilation, mean / 2)

    @property
    def rate(self) -> float:
        """The slope of the logarithm by step, least squares while more than 1e-6 is left."""
        floor = math.log(FORGOTTEN)
        below = np.flatnonzero(self.logarithms < floor)
        end = int(below[0]) + 1 if len(below) else len(self.lags)
        lags, values = self.lags[:end], self.logarithms[:end]
        values = np.where(np.isneginf(values), floor, values)
        middle = lags - lags.mean()
        return float((middle * values).sum() / (middle * middle).sum())

    @property
    def half_life(self) -> float:
        """In how many steps what is left halves; infinite if it does not fade."""
        rate = self.rate
        half_life = math.log(0.5) / rate if rate < 0 else math.inf
        return half_life if half_life <= ENDLESS else math.inf

    def falls_to(self, share: float) -> float:
        """After how many steps it stays below a share, between lags in proportion.

        Infinite if it does not by the last lag.
        """
        above = np.flatnonzero(self.logarithms > math.log(share))
        last = int(above[-1]) if len(above) else 0
        if last + 1 == len(self.lags):
            return math.inf
        high, low = self.logarithms[last], self.logarithms[last + 1]
        part = 1.0 if np.isneginf(low) else (high - math.log(share)) / (high - low)
        return float(self.lags[last] + part * (self.lags[last + 1] - self.lags[last]))

    def left_after(self, steps: int) -> float:
        """The logarithm of what is left after so many steps, beyond the last lag by the rate."""
        if steps <= self.lags[-1]:
            return float(np.interp(steps, self.lags, np.maximum(self.logarithms, -1e6)))
        return float(self.logarithms[-1] + self.rate * (steps - self.lags[-1]))

    @property
    def greatest(self) -> float:
        """The logarithm of the most that it grew to."""
        return float(self.logarithms.max())
