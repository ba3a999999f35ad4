"""After how many steps a series repeats itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recurra.tables.frequency import DAY, FIXED, MONTHS, Frequency

Array = NDArray[np.float64]

FEWEST = 3
"""Seasons that must be seen before one is believed in."""

CLEARLY = 0.05
"""A longer season must forecast better by this share of the mean deviation to be taken."""

MOST_TRIED = 10
"""Peaks of the autocorrelation that are tried where no calendar suggests a season."""

LONGEST = 10_000
"""No longer season is looked for."""

MANY = 20
"""Series from which on a season counts that a share of them has."""

LONGEST_LOOKED_AT = 9
"""Of fewer series, how many are looked at."""

MOST_LOOKED_AT = 100
"""Of more, how many."""

SHARE = 0.1

ROUNDING = 1e-10
"""Deviations smaller than this, beside values of size 1, are rounding errors."""

_OF_DAYS = {
    Frequency(1, "week"): (52,),
    Frequency(1, "day"): (7, 365),
    Frequency(1, "business day"): (5, 261),
}
_CYCLES = (DAY, 7 * DAY, int(365.25 * DAY))
_SHORT_CYCLES = (FIXED["minute"], FIXED["hour"])


def candidates(frequency: Frequency) -> tuple[int, ...]:
    """The seasons that a calendar suggests, the shortest first; none for plain steps."""
    if frequency in _OF_DAYS:
        return _OF_DAYS[frequency]
    if frequency.unit in MONTHS:
        return (12 // frequency.count,) if frequency.count in {1, 2, 3, 4, 6} else ()
    if frequency.unit not in FIXED:
        return ()
    step = frequency.count * FIXED[frequency.unit]
    short = _SHORT_CYCLES if step <= FIXED["minute"] else ()
    lengths = (round(cycle / step) for cycle in (*short, *_CYCLES) if cycle >= 2 * step)
    return tuple(length for length in lengths if length <= LONGEST)


def infer(values: Array, frequency: Frequency) -> tuple[int, str]:
    """The season of a series.

    What is slower than a season, such as a trend, is taken away first: the mean over one season
    around each point. A season counts if values one and two seasons apart are then alike: if both
    autocorrelations exceed 1 / sqrt(N / season), which of 100 random walks or noises about one
    reaches. Those tried are the cycles of the calendar, or the peaks of the autocorrelation where
    there is no calendar. Of those that count, the shortest is taken whose seasonal naive forecast
    errs at most as much more than the best one's as 5% of how far the values stray.

    Args:
        values: (N,), finite, of the training part only.
        frequency: Of the series.

    Returns:
        The season in steps, 1 if there is none, and a sentence that says so.
    """
    scaled = _standardized(values) if len(values) >= 2 * FEWEST else np.zeros(0)
    tried = candidates(frequency) or _peaks(scaled)
    found = [lag for lag in tried if _repeats(scaled, lag)]
    if not found:
        return 1, "no season was found"
    errors = {lag: _naive_error(scaled, lag) for lag in found}
    spread = float(np.abs(_without_slow(scaled, max(found))).mean())
    most = min(errors.values()) + CLEARLY * spread
    season = min(lag for lag in found if errors[lag] <= most)
    return season, f"a season of {season:,} steps was found"


def infer_shared(histories: Sequence[Array], frequency: Frequency) -> tuple[int, str]:
    """The season that series have in common.

    Of a few series, that which most of the longest have. Of 20 and more some hundred are looked at,
    evenly spaced, and a season counts that one in ten has: by chance one in a hundred would, and a
    network learns by itself which series have it.

    Args:
        histories: Each (N,), finite, of the training part only; at least one.
        frequency: Of all.

    Returns:
        The season in steps, 1 if there is none, and a sentence that says so.
    """
    if frequency.irregular:
        return 1, "among readings at irregular times no season is looked for"
    if len(histories) < MANY:
        looked_at = sorted(histories, key=len, reverse=True)[:LONGEST_LOOKED_AT]
        found = [infer(values, frequency) for values in looked_at]
        common = Counter(number for number, _ in found).most_common(1)[0][0]
        return next(one for one in found if one[0] == common)
    places = np.linspace(0, len(histories) - 1, min(len(histories), MOST_LOOKED_AT)).astype(int)
    seasons = [infer(histories[place], frequency)[0] for place in places]
    counts = Counter(season for season in seasons if season > 1)
    season, count = counts.most_common(1)[0] if counts else (1, 0)
    if count < SHARE * len(seasons):
        return 1, f"no season was found in the {len(seasons)} series that were looked at"
    told = f"a season of {season:,} steps was found in {count} of {len(seasons)} series"
    return season, told + (" that were looked at" if len(seasons) < len(histories) else "")


def _standardized(values: Array) -> Array:
    """Mean 0 and deviation 1, so that rounding errors are small; zeros if it is constant."""
    rest = values - values.mean()
    deviation = float(rest.std())
    if deviation <= ROUNDING * float(np.abs(values).max()):
        return np.zeros_like(values)
    return np.asarray(rest / deviation)


def _repeats(values: Array, lag: int) -> bool:
    """Whether values one and two seasons apart are alike beyond chance."""
    seasons = len(values) / lag
    if lag < 2 or seasons < FEWEST:
        return False
    correlation = _autocorrelation(_without_slow(values, lag))
    apart = [lag, 2 * lag] if seasons >= FEWEST + 1 else [lag]
    return bool(correlation[apart].min() > 1 / np.sqrt(seasons))


def _without_slow(values: Array, lag: int) -> Array:
    """The series less the mean over ``lag`` points around each, (N - lag + 1,)."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    means = (sums[lag:] - sums[:-lag]) / lag
    if lag % 2 == 0:  # Or the mean would stand half a step beside its point.
        means = (means[1:] + means[:-1]) / 2
    first = lag // 2
    return np.asarray(values[first : first + len(means)] - means)


def _autocorrelation(values: Array) -> Array:
    """At lags 0 to N - 1, each by the mean over its pairs; zeros if only rounding errors vary."""
    count = len(values)
    rest = values - values.mean()
    variance = float(rest @ rest) / count
    if variance <= ROUNDING**2:
        return np.zeros(count)
    spectrum = np.abs(np.fft.rfft(rest, 2 * count)) ** 2
    sums = np.fft.irfft(spectrum, 2 * count)[:count]
    return np.asarray(sums / (count - np.arange(count)) / variance)


def _peaks(values: Array) -> list[int]:
    """Where the autocorrelation of the series, its straight trend removed, is highest around."""
    if len(values) < 4 * FEWEST:
        return []
    time = np.arange(len(values))
    trend = np.polynomial.Polynomial.fit(time, values, 1)(time)
    most = min(len(values) // (FEWEST + 1), LONGEST)
    correlation = _autocorrelation(values - trend)[: most + 2]
    inner = correlation[1:-1]
    tops = 1 + np.flatnonzero((inner >= correlation[:-2]) & (inner > correlation[2:]))
    beyond_noise = tops[correlation[tops] > 3 / np.sqrt(len(values))]
    highest = beyond_noise[np.argsort(-correlation[beyond_noise])][:MOST_TRIED]
    return [int(lag) for lag in highest]


def _naive_error(values: Array, lag: int) -> float:
    return float(np.abs(values[lag:] - values[:-lag]).mean())
