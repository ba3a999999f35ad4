"""Series of readings at irregular times, read from the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recurra.forecasting.grid import Whole, averaged
from recurra.forecasting.readings import Read, Readings, split
from recurra.forecasting.rows import Rows
from recurra.tables.frequency import FIXED, Times


@dataclass(frozen=True)
class Found:
    """Series of readings.

    Attributes:
        series: Those with enough readings.
        longest: The readings of the longest series there is.
        notes: What was found and repaired, a sentence each.
    """

    series: tuple[tuple[Read, Readings], ...]
    longest: int
    notes: tuple[str, ...]


def readings_of(rows: Rows, shortest: int, target: str) -> Found:
    """Reads rows, sorted by series and time, as readings.

    Those at one time are averaged, and those without a value left out, but for what stands behind
    the last value of a series: such rows tell when the next readings are to be forecast.

    Args:
        rows: M of them.
        shortest: Series of fewer readings are left out.
        target: The column of values, by its name.
    """
    owners, times, values = _single(rows)
    each = [*split(owners, times, values)]
    long = [one for one in each if len(one.times) >= shortest]
    series = tuple((one, Readings.of(one.times, one.coming)) for one in long)
    told = sum(len(one.times) + len(one.coming) for one in each)
    empty = len(np.unique(owners)) - len(each)
    repairs = (
        (len(rows.owners) - len(owners), "that stood more than once: averaged"),
        (int(len(owners) - told), "without a value: left out"),
    )
    notes = [f"{_counted(count, 'reading')} {what}" for count, what in repairs if count]
    if empty:
        notes.append(f"{_counted(empty, 'series')} without a value: left out")
    if len(long) < len(each):
        short = _counted(len(each) - len(long), "series")
        notes.append(f"{short} of fewer than {shortest} readings: left out")
    if series:
        readings = [one for _, one in series]
        notes = [_irregular_note(readings), *notes, *_coming_notes(readings, target)]
    longest = max((len(one.times) for one in each), default=0)
    return Found(series, longest, tuple(notes))


def _single(rows: Rows) -> tuple[Whole, Times, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """One row a series and time, values averaged."""
    fresh = np.ones(len(rows.owners), np.bool_)
    same = (rows.owners[1:] == rows.owners[:-1]) & (rows.times[1:] == rows.times[:-1])
    fresh[1:] = ~same
    cells = np.cumsum(fresh) - 1
    values = averaged(rows.values, cells, int(fresh.sum()))
    return rows.owners[fresh], rows.times[fresh], values


def _irregular_note(readings: Sequence[Readings]) -> str:
    gaps = np.concatenate([np.diff(one.times).astype(np.int64) for one in readings])
    dates = readings[0].times.dtype.kind == "M"
    least, middle, most = (
        duration(int(size), dates=dates) for size in np.quantile(gaps, [0, 0.5, 1])
    )
    return (
        f"the times follow no regular step: readings are {least} to {most} apart, {middle} in the "
        "middle, and each is forecast from those before it and the time that passes until it; "
        "horizons count readings"
    )


def _coming_notes(readings: Sequence[Readings], target: str) -> list[str]:
    told = [len(one.coming) for one in readings]
    notes = []
    if any(told):
        notes.append(f"rows behind the last {target}: the times of up to {max(told):,} readings")
    if not all(told):
        notes.append(
            "where the times to forecast are not given, each is put the middle gap of its series "
            "after the one before"
        )
    return notes


def duration(size: int, *, dates: bool) -> str:
    """A time in words, of microseconds or steps: "3.5 hours"."""
    if not dates:
        return _counted(size, "step")
    unit, length = next((unit, n) for unit, n in FIXED.items() if size >= n and unit != "week")
    count = f"{size / length:.3g}"
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"


def _counted(count: int, thing: str) -> str:
    plural = thing if count == 1 or thing == "series" else f"{thing}s"
    return f"{count:,} {plural}"
