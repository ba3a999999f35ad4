"""The calendar as numbers: where a time stands in the hour, day, week, month and year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import OptionError
from recurra.tables.frequency import DAY, FIXED, MONTHS, Frequency, Times

Array = NDArray[np.float64]

MONTH = 28 * DAY
YEAR = 365 * DAY
SEEN = 2
"""Cycles that the training part must span before one is taken: what was seen once does not tell a
season from a trend."""

SATURDAY_AND_SUNDAY = frozenset({5, 6})
"""Counted from Monday, 0."""


def _within(times: Times, unit: str) -> Array:
    size = FIXED[unit]
    return (times.astype("M8[us]").astype(np.int64) % size) / size


def weekday(times: Times) -> NDArray[np.int64]:
    """0 for Monday to 6, (N,)."""
    # The first day of 1970 was a Thursday.
    return np.asarray((times.astype("M8[D]").astype(np.int64) + 3) % 7)


def _of_month(times: Times) -> Array:
    month = times.astype("M8[M]")
    first, end = month.astype("M8[D]"), (month + 1).astype("M8[D]")
    return np.asarray((times.astype("M8[D]") - first) / (end - first))


def _of_year(times: Times) -> Array:
    year = times.astype("M8[Y]")
    first, end = year.astype("M8[D]"), (year + 1).astype("M8[D]")
    return np.asarray((times.astype("M8[D]") - first) / (end - first))


def _month(times: Times) -> Array:
    return np.asarray(times.astype("M8[M]").astype(np.int64) % 12 / 12)


def _quarter(times: Times) -> Array:
    return np.floor(_month(times) * 4) / 4


@dataclass(frozen=True)
class Cycle:
    """A cycle of the calendar.

    Attributes:
        name: ``"hour of day"``.
        length: In microseconds; of a month and a year the shortest.
        place: The place of times in it, (N,) -> (N,), at least 0 and below 1.
    """

    name: str
    length: int
    place: Callable[[Times], Array]


CYCLES = {
    cycle.name: cycle
    for cycle in (
        Cycle("second of minute", FIXED["minute"], lambda times: _within(times, "minute")),
        Cycle("minute of hour", FIXED["hour"], lambda times: _within(times, "hour")),
        Cycle("hour of day", DAY, lambda times: _within(times, "day")),
        Cycle("day of week", 7 * DAY, lambda times: weekday(times) / 7),
        Cycle("day of month", MONTH, _of_month),
        Cycle("day of year", YEAR, _of_year),
        Cycle("month of year", YEAR, _month),
        Cycle("quarter of year", YEAR, _quarter),
    )
}
WEEKEND = "weekend"
FEATURES = (*CYCLES, WEEKEND)
"""All that can be asked for."""


def choose(frequency: Frequency, span: int) -> tuple[str, ...]:
    """The features that suit a frequency, by rule.

    A cycle is taken if it is longer than a step, so that its place changes, and if the training
    part spans it twice. The year is told by its day for steps shorter than 28 days (that is the
    week of the year for weekly series), by its month for months, by its quarter for quarters. The
    weekend is added to the day of the week, but not among business days.

    Args:
        frequency: Of the series.
        span: Microseconds from the first to the last training point of the longest series.

    Returns:
        Names of ``FEATURES``; none for plain steps.
    """
    if frequency.unit == "step":
        return ()
    step = step_of(frequency)
    year = "day of year" if step < MONTH else _year_by_months(frequency)
    names = ("second of minute", "minute of hour", "hour of day", "day of week", "day of month")
    chosen = [
        name
        for name in (*names, *([year] if year else []))
        if step < CYCLES[name].length and span >= SEEN * CYCLES[name].length
    ]
    if "day of week" in chosen and frequency.unit != "business day":
        chosen.append(WEEKEND)
    return tuple(chosen)


def _year_by_months(frequency: Frequency) -> str:
    months = frequency.count if frequency.unit in MONTHS else 1
    if months % 12 == 0:
        return ""
    return "quarter of year" if months == 3 else "month of year"


def step_of(frequency: Frequency) -> int:
    """The shortest that a step can be, in microseconds.

    Raises:
        OptionError: If it counts plain steps, which have no length.
    """
    if frequency.unit in FIXED:
        return frequency.count * FIXED[frequency.unit]
    if frequency.unit == "business day":
        return frequency.count * DAY
    if frequency.unit == "step":
        raise OptionError(
            "calendar features of series without times",
            "dates or times, which have a place in the week and the year",
            "leave calendar= and holidays= out, or name the column of times",
        )
    return frequency.count * MONTH


def check(names: Sequence[str]) -> tuple[str, ...]:
    """The features that a user asked for.

    Raises:
        OptionError: If one is unknown or stands twice.
    """
    given = tuple(names) if not isinstance(names, str) else (names,)
    unknown = [name for name in given if name not in FEATURES]
    if unknown or len({*given}) < len(given):
        raise OptionError(
            f"calendar={names!r}",
            f"True, False, or some of {', '.join(FEATURES)}, each once",
            "calendar=True, which takes those that suit the frequency",
        )
    return given


def names_of(features: Sequence[str]) -> tuple[str, ...]:
    """The columns that :func:`read` gives for features, in their order."""
    pairs = [
        [name] if name == WEEKEND else [f"{name} (sine)", f"{name} (cosine)"] for name in features
    ]
    return tuple(column for pair in pairs for column in pair)


def read(
    features: Sequence[str], times: Times, weekend: frozenset[int] = SATURDAY_AND_SUNDAY
) -> NDArray[np.float32]:
    """Calendar features of times.

    A cycle gives its sine and cosine: the end of a year then lies beside its beginning and every
    month beside the next, where a number from -0.5 to 0.5 would jump. The weekend is 1, another
    day 0.

    Args:
        features: G' names of ``FEATURES``.
        times: (C,) datetime64[us], on the clock that people live by.
        weekend: Its days, Monday 0.

    Returns:
        (C, G), from -1 to 1, in the order of :func:`names_of`.
    """
    columns: list[Array] = []
    for name in features:
        if name == WEEKEND:
            columns.append(np.isin(weekday(times), [*weekend]).astype(float))
        else:
            angle = 2 * np.pi * CYCLES[name].place(times)
            columns += [np.sin(angle), np.cos(angle)]
    read = np.empty((len(times), len(columns)), np.float32)
    for number, column in enumerate(columns):
        read[:, number] = column
    return read
