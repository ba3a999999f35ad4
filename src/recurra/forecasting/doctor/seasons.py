"""Which seasons a series has, and how strong each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recurra.forecasting import season as single
from recurra.forecasting.doctor.grid import Array
from recurra.tables.frequency import Frequency

WEAKEST = 0.1
"""A season of less strength than this is not worth a name."""

ROUNDING = 1e-10
"""Deviations smaller than this, beside values of size 1, are rounding errors."""


@dataclass(frozen=True)
class Season:
    """A season of a series, or the median of several.

    Attributes:
        length: In steps.
        strength: 0 to 1: of the variance around the trend that is not due to other seasons, the
            share that repeats. Max(0, 1 - Var(R) / Var(S + R)) of Wang, Smith and Hyndman 2006
            (Characteristic-based clustering for time series data), with the mean of each phase as
            S and Var(R) corrected for the means taken, so that it is about 0 for noise.
        correlation: Of values a season apart, trend and shorter seasons taken away.
        series: In how many it was found.
    """

    length: int
    strength: float
    correlation: float
    series: int = 1

    @staticmethod
    def median(same: Sequence[Season]) -> Season:
        """The median of one season in several series."""
        return Season(
            same[0].length,
            float(np.median([one.strength for one in same])),
            float(np.median([one.correlation for one in same])),
            len(same),
        )


def find_seasons(values: Array, frequency: Frequency) -> list[Season]:
    """The seasons of a series, the shortest first.

    Tried are the cycles of the calendar; where it suggests none, the one season that the
    autocorrelation shows. A season counts if values one and two seasons apart are alike beyond
    chance, once the slow course (the mean over one season around each point) and shorter seasons
    are taken away: if both autocorrelations exceed 1 / sqrt(N / season), which of 100 random walks
    or noises about one reaches.

    Args:
        values: (N,), finite.
        frequency: Of the series.
    """
    rest = standardized(values)
    tried = single.candidates(frequency) or (single.infer(values, frequency)[0],)
    found: dict[int, tuple[Array, float]] = {}
    for lag in tried:
        if 2 <= lag <= len(values) // single.FEWEST:
            correlation = _repeated(rest, lag)
            if correlation is not None:
                found[lag] = profile(rest, lag), correlation
                rest = rest - tiled(found[lag][0], len(rest))
    return _named(rest, found)


def _named(rest: Array, found: dict[int, tuple[Array, float]]) -> list[Season]:
    """Those that are strong enough, given what is left when all are taken away."""
    if not found:
        return []
    longest = max(found)
    left = _around_slow(rest, longest)
    taken = min(sum(found), len(left) // 2)
    noise = float(left.var()) * len(left) / (len(left) - taken)
    seasons = []
    for lag, (means, correlation) in found.items():
        repeated = float(means.var())
        whole = repeated + float(left.var())
        strength = max(0.0, 1 - noise / whole) if whole > ROUNDING else 0.0
        seasons.append(Season(lag, strength, correlation))
    return [season for season in seasons if season.strength >= WEAKEST]


def standardized(values: Array) -> Array:
    """Mean 0 and deviation 1; zeros if it is constant."""
    rest = values - values.mean()
    deviation = float(rest.std())
    if deviation <= ROUNDING * float(np.abs(values).max(initial=0)):
        return np.zeros_like(values)
    return np.asarray(rest / deviation)


def _repeated(values: Array, lag: int) -> float | None:
    """The correlation of values a season apart, None if it is not beyond chance."""
    around = _around_slow(values, lag)
    apart = [lag, 2 * lag] if len(values) >= (single.FEWEST + 1) * lag else [lag]
    correlations = autocorrelation(around, max(apart))[apart]
    least = 1 / np.sqrt(len(values) / lag)
    return float(correlations[0]) if correlations.min() > least else None


def _around_slow(values: Array, lag: int) -> Array:
    """The series less its slow course, where that is known, (N - lag + 1,) or less."""
    slow = slow_course(values, lag)
    known = np.isfinite(slow)
    return np.asarray(values[known] - slow[known])


def slow_course(values: Array, lag: int) -> Array:
    """The mean over one season around each point, (N,); NaN at the ends, where it is not known."""
    # An even season is weighted by halves at its ends, or the mean would stand beside its point.
    weights = np.ones(lag) if lag % 2 else np.r_[0.5, np.ones(lag - 1), 0.5]
    sums = np.cumsum(np.insert(values, 0, 0.0))
    width = len(weights)
    whole = sums[width:] - sums[:-width]
    ends = 0.0 if lag % 2 else (values[: len(whole)] + values[width - 1 :][: len(whole)]) / 2
    course = np.full(len(values), np.nan)
    course[width // 2 : width // 2 + len(whole)] = (whole - ends) / lag
    return course


def profile(values: Array, lag: int) -> Array:
    """The mean of each phase of a season around the slow course, (lag,), of mean 0."""
    around = values - slow_course(values, lag)
    rows = -(-len(values) // lag)
    padded = np.full(rows * lag, np.nan)
    padded[: len(around)] = around
    means = np.nanmean(padded.reshape(rows, lag), axis=0)
    return np.asarray(means - means.mean())


def tiled(season: Array, length: int) -> Array:
    """A season repeated to a length, (length,)."""
    return np.resize(season, length)


def deseasonalized(values: Array, lags: Sequence[int]) -> Array:
    """The series less the profile of each season that it is three seasons long for, (N,)."""
    for lag in sorted(lags):
        if 1 < lag <= len(values) // single.FEWEST:
            values = values - tiled(profile(values, lag), len(values))
    return values


def autocorrelation(values: Array, most: int) -> Array:
    """At lags 0 to ``most``, each by the mean over its pairs; zeros for a constant, (most + 1,)."""
    count = len(values)
    rest = values - values.mean()
    variance = float(rest @ rest) / count
    if variance <= ROUNDING**2:
        return np.zeros(most + 1)
    size = 1 << (2 * count - 1).bit_length()
    spectrum = np.abs(np.fft.rfft(rest, size)) ** 2
    lags = np.arange(min(most, count - 1) + 1)
    found = np.fft.irfft(spectrum, size)[lags] / (count - lags) / variance
    return np.pad(found, (0, most + 1 - len(found)))
