"""After how many steps a series repeats itself."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.frequency import DAY, FIXED, Frequency

Array = NDArray[np.float64]

PROMINENCE = 0.2
"""How far the autocorrelation must rise to a season above the trough before it."""

_CALENDAR = {
    Frequency(1, "month"): (12,),
    Frequency(1, "month end"): (12,),
    Frequency(3, "month"): (4,),
    Frequency(3, "month end"): (4,),
    Frequency(1, "week"): (52,),
    Frequency(1, "day"): (7, 365),
    Frequency(1, "business day"): (5, 261),
}
_CYCLES = (DAY, 7 * DAY, int(365.25 * DAY))
_SHORT_CYCLES = (FIXED["minute"], FIXED["hour"])


def candidates(frequency: Frequency) -> tuple[int, ...]:
    """The seasons that a calendar suggests, the shortest first; none for plain steps."""
    if frequency in _CALENDAR:
        return _CALENDAR[frequency]
    if frequency.unit not in FIXED:
        return ()
    step = frequency.count * FIXED[frequency.unit]
    short = _SHORT_CYCLES if step <= FIXED["minute"] else ()
    lengths = (round(cycle / step) for cycle in (*short, *_CYCLES) if cycle >= 2 * step)
    return tuple(length for length in lengths if length <= 10_000)


def infer(values: Array, frequency: Frequency) -> tuple[int, str]:
    """The season of a series.

    A candidate counts if the autocorrelation of the series, its straight trend removed, peaks
    there. With a calendar the candidates are its cycles, and the one whose seasonal naive forecast
    errs least is taken; without, they are all peaks, and the first that is nearly as high as the
    highest is taken.

    Args:
        values: (N,), of the training part only.
        frequency: Of the series.

    Returns:
        The season in steps, 1 if there is none, and a sentence that says so.
    """
    correlation = _autocorrelation(values)
    suggested = candidates(frequency)
    if suggested:
        found = [lag for lag in suggested if _peaks(correlation, lag)]
        season = min(found, key=lambda lag: _naive_error(values, lag), default=1)
    else:
        season = _first_high_peak(correlation)
    if season == 1:
        return 1, f"no season was found in the {frequency.name} data"
    return season, f"a season of {season} steps was found in the {frequency.name} data"


def _autocorrelation(values: Array) -> Array:
    """At lags 0 to N/2, of the series without its straight trend; zeros if it is constant."""
    count = len(values)
    lags = count // 2 + 1
    if count < 4:
        return np.zeros(lags)
    time = np.arange(count)
    rest = values - np.polynomial.Polynomial.fit(time, values, 1)(time)
    variance = float(rest @ rest) / count
    if variance <= 1e-20 * max(1.0, float(np.abs(values).max())) ** 2:
        return np.zeros(lags)
    spectrum = np.abs(np.fft.rfft(rest, 2 * count)) ** 2
    sums = np.fft.irfft(spectrum)[:lags]
    return np.asarray(sums / (count - np.arange(lags)) / variance)


def _peaks(correlation: Array, lag: int) -> bool:
    """Whether the autocorrelation rises to about this lag and falls after it."""
    last = len(correlation) - 1
    if lag < 2 or lag > last:
        return False
    slack = max(1, lag // 10)
    near = correlation[max(1, lag - slack) : lag + slack + 1]
    trough = correlation[max(1, lag // 2 - slack) : lag].min()
    beyond = correlation[lag : min(last, lag + lag // 2 + slack) + 1].min()
    height = correlation[lag]
    high_enough = height > 2 / np.sqrt(2 * len(correlation)) and height > near.max() - 0.1
    return bool(
        high_enough
        and height - max(trough, min(beyond, height)) > PROMINENCE / 2
        and (height - trough > PROMINENCE)
    )


def _first_high_peak(correlation: Array) -> int:
    inner = correlation[1:-1]
    tops = 1 + np.flatnonzero((inner >= correlation[:-2]) & (inner > correlation[2:]))
    peaks = [int(lag) for lag in tops if _peaks(correlation, int(lag))]
    highest = max((correlation[lag] for lag in peaks), default=0.0)
    return next((lag for lag in peaks if correlation[lag] >= 0.97 * highest), 1)


def _naive_error(values: Array, lag: int) -> float:
    return float(np.abs(values[lag:] - values[:-lag]).mean())
