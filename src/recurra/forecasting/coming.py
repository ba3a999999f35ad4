"""The times of coming readings, as a user tells them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.clock import Clock
from recurra.forecasting.columns import Table, read_columns
from recurra.forecasting.covariates.future_times import times_like
from recurra.forecasting.rows import PARTS, read_row_times
from recurra.forecasting.tail import Tail
from recurra.tables.frequency import Times
from recurra.tables.times import ReadTimes, with_clock
from recurra.tables.values import place


def with_coming(tails: Sequence[Tail], frame: Any, clock: Clock) -> tuple[list[Tail], list[str]]:
    """The ends of series with the times at which their next readings are to be forecast.

    Args:
        tails: Of readings.
        frame: A row a series and time to forecast, with the columns of id and time.
        clock: Reads the times.

    Returns:
        The ends of the series that the frame names, in their order, and a sentence for each thing
        that was left out.

    Raises:
        DataError: If a column is missing, a row has no time or names no known series, or a time
            does not lie behind the last reading.
    """
    notes: list[str] = []
    table = read_columns(frame)
    _check_columns(table, clock)
    read = _read(table, clock, notes)
    owners = _owners(table, clock, tails)
    if not len(owners):
        raise DataError(
            "future= has no rows.",
            "a row for each time to forecast",
            "add them, or leave future= out to forecast readings a usual time apart",
        )
    named = []
    for number, tail in enumerate(tails):
        times = np.unique(read[owners == number])
        if len(times):
            named.append(_told(tail, times, clock))
    if len(named) < len(tails):
        notes.append(f"{len(tails) - len(named):,} series are not in future=: not forecast")
    return named, notes


def _told(tail: Tail, times: Times, clock: Clock) -> Tail:
    assert tail.readings is not None
    last = tail.readings.times[-1]
    if times[0] <= last:
        first, end = clock.style.render(np.array([times[0], last])).to_list()
        raise DataError(
            f"future= has the time {first} of the series {tail.id!r}, whose last reading is of "
            f"{end}.",
            "times behind the last reading",
            "leave that row out, or give newer readings with update",
        )
    return replace(tail, readings=replace(tail.readings, coming=times))


def _check_columns(table: Table, clock: Clock) -> None:
    columns = clock.columns
    for name in [*([] if columns.id is None else [columns.id]), *columns.time]:
        if name not in table:
            near = difflib.get_close_matches(name, [*table], n=1, cutoff=0.6)
            raise DataError(
                f"future= has no column {name!r}, but {', '.join(map(str, table))}.",
                "the columns of series and times that were fitted",
                f"rename {near[0]!r} if it is meant" if near else "add it",
            )


def _read(table: Table, clock: Clock, notes: list[str]) -> Times:
    names = clock.columns.time
    if len(names) > 1 and names[0].lower() in PARTS:
        read: ReadTimes = read_row_times(table, clock.columns)
    else:
        parts = [table[name] for name in names]
        column = with_clock(*parts) if len(parts) > 1 else parts[0]
        read = times_like(column, clock.style, clock.zone, notes)
    if not read.known.all():
        raise DataError(
            f"future= has no time in {place(int(np.flatnonzero(~read.known)[0]))}.",
            "a time in every row",
            "fill it in, or leave the row out",
        )
    if (read.times.dtype.kind == "M") == clock.style.counts:
        raise DataError(
            f"future= has {'dates' if read.times.dtype.kind == 'M' else 'whole numbers'} in "
            f"{', '.join(names)}.",
            "times as in the data that were fitted",
            "write them as there",
        )
    return read.times


def _owners(table: Table, clock: Clock, tails: Sequence[Tail]) -> NDArray[np.int64]:
    """The number of each row's series, (R,)."""
    name = clock.columns.id
    if name is None:
        return np.zeros(len(table[clock.columns.time[0]]), np.int64)
    ids = [tail.id for tail in tails]
    texts = table[name].cast(pl.String)
    numbers = texts.replace_strict(ids, range(len(ids)), default=-1, return_dtype=pl.Int64)
    unknown = np.flatnonzero(numbers.fill_null(-1).to_numpy() < 0)
    if len(unknown):
        row = int(unknown[0])
        shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5:,} more" if len(ids) > 5 else "")
        raise DataError(
            f"future= has the series {texts[row]!r} in {place(row)}, which was not fitted.",
            f"one of {shown}",
            "leave the row out, or fit with its history",
        )
    return numbers.to_numpy().astype(np.int64)


def asked_for(tails: Sequence[Tail], horizon: int | None, usual: int) -> list[int]:
    """How many readings of each series to forecast, (S,).

    Those whose times are known, or ``usual`` ones where none are; at most ``horizon`` if that is
    set.

    Raises:
        DataError: If the times that are known end before the horizon does.
    """
    counts = []
    for tail in tails:
        assert tail.readings is not None
        told = len(tail.readings.coming)
        if horizon is not None and 0 < told < horizon:
            raise DataError(
                f"The times to forecast of the series {tail.id!r} end early: {told:,} are given.",
                f"{horizon:,}, as the horizon asks",
                f"give more rows, or leave the horizon out to forecast the {told:,}",
            )
        counts.append(horizon or told or usual)
    return counts
