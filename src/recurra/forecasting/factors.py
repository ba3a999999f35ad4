"""Multiplicative seasons by classical decomposition, and the test whether there is one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CRITICAL = 1.645
"""Of the normal distribution, two-sided, at 90%."""

FEWEST = 3
"""Seasons that must be seen before one is tested for."""


def is_seasonal(values: Array, season: int) -> bool:
    """Whether the autocorrelation at the season is beyond chance.

    Its limit is Bartlett's: 1.645 sqrt((1 + 2 sum of r_i^2 for i < m) / N). All m autocorrelations
    are taken, though the competition's own code stops at lag 10 log10(N).

    Args:
        values: (N,).
        season: m; 1 for none.
    """
    if season < 2 or len(values) < FEWEST * season:
        return False
    rest = values - values.mean()
    variance = float(rest @ rest)
    if variance <= 0:
        return False
    lags = range(1, season + 1)
    correlation = np.array([rest[lag:] @ rest[:-lag] for lag in lags]) / variance
    limit = CRITICAL * np.sqrt((1 + 2 * float((correlation[:-1] ** 2).sum())) / len(values))
    return bool(abs(correlation[-1]) > limit)


def seasonal_factors(values: Array, season: int) -> Array:
    """The factors of a multiplicative season, mean 1, by classical decomposition.

    Args:
        values: (N,), above 0, at least two seasons.
        season: m, at least 2.

    Returns:
        (m,): of the place of the first value, of the one after it, and so on.
    """
    trend = _centred_means(values, season)
    first = season // 2
    ratios = values[first : first + len(trend)] / trend
    places = (first + np.arange(len(trend))) % season
    factors = np.bincount(places, ratios, season) / np.bincount(places, minlength=season)
    return np.asarray(factors / factors.mean())


def _centred_means(values: Array, season: int) -> Array:
    """The mean over a season around each value, (N - 2 (m // 2),)."""
    weights = np.ones(season) / season
    if season % 2 == 0:  # Or the mean would stand half a step beside its value.
        weights = np.convolve(weights, [0.5, 0.5])
    return np.convolve(values, weights, "valid")
