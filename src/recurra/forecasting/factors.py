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
    factors = _means_by_place(values[first : first + len(trend)] / trend, first, season)
    return np.asarray(factors / factors.mean())


def shrunken_factors(values: Array, season: int) -> Array:
    """The same, drawn towards 1 the further the less they stand out of the noise.

    Args:
        values: (N,), above 0, at least two seasons.
        season: m, at least 2.

    Returns:
        (m,), above 0, mean 1.
    """
    trend = _centred_means(values, season)
    first = season // 2
    ratios = values[first : first + len(trend)] / trend - 1
    return 1 + _shrunk(seasonal_factors(values, season) - 1, ratios, first)


def shrunken_offsets(values: Array, season: int) -> Array:
    """The offsets of an additive season, mean 0, likewise shrunken.

    Args:
        values: (N,), at least two seasons.
        season: m, at least 2.

    Returns:
        (m,): of the place of the first value, of the one after it, and so on.
    """
    trend = _centred_means(values, season)
    first = season // 2
    rest = values[first : first + len(trend)] - trend
    offsets = _means_by_place(rest, first, season)
    return _shrunk(offsets - offsets.mean(), rest, first)


def _shrunk(offsets: Array, rest: Array, first: int) -> Array:
    """Seasonal offsets drawn towards 0, the further the less they stand out of the noise.

    After Miller & Williams 2003 (International Journal of Forecasting 19, 669-684): times 1 less
    the share that the noise of m means has in how far they stray. Their James-Stein estimator takes
    (m - 3) / (m - 1) of that share only, which for quarters is next to nothing.

    Args:
        offsets: (m,), mean 0.
        rest: What they are the means of by place, (N,).
        first: At which place the first of it stands.
    """
    season, count = len(offsets), len(rest)
    strayed = float((offsets**2).sum()) / max(1, season - 1)
    if strayed <= 0:
        return offsets
    around = rest - offsets[(first + np.arange(count)) % season]
    noise = float((around**2).sum()) / max(1, count - season) * season / count
    return offsets * (1 - min(1.0, noise / strayed))


def _means_by_place(values: Array, first: int, season: int) -> Array:
    """The mean of each of m places, (m,); the first value stands at place ``first``."""
    places = (first + np.arange(len(values))) % season
    means = np.bincount(places, values, season) / np.bincount(places, minlength=season)
    return np.asarray(means)


def _centred_means(values: Array, season: int) -> Array:
    """The mean over a season around each value, (N - 2 (m // 2),)."""
    weights = np.ones(season) / season
    if season % 2 == 0:  # Or the mean would stand half a step beside its value.
        weights = np.convolve(weights, [0.5, 0.5])
    return np.convolve(values, weights, "valid")
