"""The distribution of each step by itself, as quantiles on a grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError

Array = NDArray[np.float64]

BELOW = (0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
"""Those below the median; the ends of the usual intervals are among them."""

GRID: Array = np.array([*BELOW, 0.5, *(1 - p for p in reversed(BELOW))])
"""(P,), rising."""

MIDDLE = len(BELOW)


@dataclass(frozen=True)
class Marginals:
    """Distributions of W windows and K steps, each by itself.

    Between the quantiles of the grid they are straight; beyond the outermost they end.

    Attributes:
        values: Their quantiles at GRID, (W, K, P), never falling along the last.
        whole: Whether they are of counts.
    """

    values: Array
    whole: bool = False

    def at(self, level: float) -> Array:
        """A quantile, (W, K).

        Of counts it is rounded towards the median, which leaves the counts inside as they are.

        Args:
            level: From 0.001 to 0.999.

        Raises:
            OptionError: If it lies beyond, where held-out windows tell nothing.
        """
        if not GRID[0] - 1e-9 <= level <= GRID[-1] + 1e-9:
            raise OptionError(
                f"the quantile {level:g} of a model with a head",
                f"from {GRID[0]:g} to {GRID[-1]:g}, as far as held-out windows tell",
            )
        found = self.read(np.full((*self.values.shape[:2], 1), level))[..., 0]
        if not self.whole:
            return found
        # The quantiles of counts come back from other units: rounding must not cost one.
        inwards = np.ceil(found - 1e-6) if level < 0.5 else np.floor(found + 1e-6)
        return np.maximum(inwards, 0.0)

    def read(self, levels: Array) -> Array:
        """The values at these levels of each, (W, K, N); levels beyond the grid as at its ends."""
        place = np.interp(levels, GRID, np.arange(len(GRID), dtype=np.float64))
        below = np.minimum(place.astype(np.int64), len(GRID) - 2)
        low = np.take_along_axis(self.values, below, 2)
        high = np.take_along_axis(self.values, below + 1, 2)
        part = place - below
        # Whole parts give the knots themselves, to the bit.
        return np.asarray(np.where(part == 1, high, low + part * (high - low)))

    def level_of(self, values: Array, generator: np.random.Generator) -> Array:
        """The probability integral transform: the share of each distribution below a value.

        Where several quantiles are the value, as with counts, a level between them is drawn
        (Czado, Gneiting & Held 2009); so is one beyond the ends of the grid.

        Args:
            values: (W, K); NaN gives NaN.
            generator: Of the draws.
        """
        truth = values[..., None]
        under = (self.values < truth).sum(2)
        upto = (self.values <= truth).sum(2)
        levels = np.concatenate([[0.0], GRID, [1.0]])
        drawn = generator.random(values.shape)
        inside = (under == upto) & (under > 0) & (under < len(GRID))
        low = np.take_along_axis(self.values, np.clip(under - 1, 0, None)[..., None], 2)[..., 0]
        high = np.take_along_axis(self.values, np.clip(under, None, len(GRID) - 1)[..., None], 2)[
            ..., 0
        ]
        width = np.where(inside, high - low, 1.0)
        part = np.where(inside, (values - low) / width, drawn)
        # A value that the whole lower end of the grid has is reached from 0 on.
        first = np.where((under == upto) | (under == 0), under, under + 1)
        last = np.where(under == upto, under + 1, np.where(upto == len(GRID), upto + 1, upto))
        found = levels[first] + part * (levels[last] - levels[first])
        return np.where(np.isfinite(values), found, np.nan)
