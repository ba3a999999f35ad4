"""Whether what a search found is better than what the rules chose, or only looks so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST = 5
"""Of fewer stretches nothing is claimed."""

ERRORS = 2.0
"""Standard errors by which a gain must be above 0: the best of many looks good by chance alone."""


@dataclass(frozen=True)
class Gain:
    """How much smaller an error is than another, on the same forecasts.

    Forecasts from neighbouring origins share most of what they meet, so they are pooled: a stretch
    of a horizon in a series is one observation.

    Attributes:
        mean: The mean over stretches, above 0 where what was found is better.
        error: The standard error of that mean; NaN of fewer than two stretches.
        stretches: How many there are.
    """

    mean: float
    error: float
    stretches: int

    @classmethod
    def of(cls, default: Array, found: Array, stretches: NDArray[np.int64]) -> Self:
        """Compares two candidates.

        Args:
            default: The error of each forecast at each step, (W, K), NaN where nothing counts.
            found: Likewise.
            stretches: The stretch in which each forecast begins, (W,), from 0.
        """
        better = default - found
        there = np.isfinite(better)
        size = int(stretches.max(initial=-1)) + 1
        counts = np.bincount(stretches, there.sum(axis=1), size)
        sums = np.bincount(stretches, np.where(there, better, 0.0).sum(axis=1), size)
        means = sums[counts > 0] / counts[counts > 0]
        count = len(means)
        spread = float(means.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
        return cls(float(means.mean()) if count else math.nan, spread, count)

    @property
    def sure(self) -> bool:
        """Whether it is above chance."""
        return self.stretches >= FEWEST and self.mean > ERRORS * self.error

    def __str__(self) -> str:
        """Why it is not."""
        if self.stretches < FEWEST:
            count = f"{self.stretches} stretch{'' if self.stretches == 1 else 'es'}"
            return f"there is too little to tell that from chance, {count} of a horizon"
        return (
            f"chance may explain that: over {self.stretches:,} stretches of a horizon the gain is "
            f"{self.mean:.3f} with a standard error of {self.error:.3f}"
        )
