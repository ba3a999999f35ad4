"""Rows of known-future values that a user gives to predict with."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError, OptionError
from recurra.forecasting.columns import Columns, Table, read_columns
from recurra.forecasting.covariates.encoding import Encoding
from recurra.forecasting.covariates.future_times import times_like
from recurra.forecasting.covariates.placing import GridRows, Whole
from recurra.forecasting.rows import PARTS, read_row_times
from recurra.tables.frequency import Times
from recurra.tables.times import TimeStyle, with_clock
from recurra.tables.values import place


@dataclass(frozen=True)
class Ends:
    """Where the series that are forecast end.

    Attributes:
        ids: Their S names.
        origins: (S,) the times from which grid steps are counted.
        lengths: (S,) the step behind the last observed one.
        left_out: Series that were fitted on but are not forecast, whose rows may be given.
    """

    ids: tuple[str, ...]
    origins: Times
    lengths: Whole
    left_out: frozenset[str]


def read_future(
    frame: Any, encoding: Encoding, ends: Ends, horizon: int, notes: list[str]
) -> tuple[Table, GridRows]:
    """Reads a frame of known-future values.

    Args:
        frame: Any that narwhals takes, with the columns of id and time and all known-future ones;
            rows in any order. Rows outside the next K grid points are not used.
        encoding: Of the columns.
        ends: Where the series end.
        horizon: K.
        notes: Takes a sentence for each guess and for rows that are not used.

    Returns:
        The known-future columns, (R,) each, and where the rows stand: steps 0 to K - 1 ahead.

    Raises:
        DataError: If a column is missing, a time cannot be read or is in another time zone, a
            series is unknown, or two rows are of one series and time.
        OptionError: If no column is known ahead.
    """
    if not encoding.roles.future:
        raise OptionError(
            "future=, with a model that has no known-future columns",
            "nothing: calendar and holidays need no table",
            "leave it out, or fit with future=[...] naming the columns",
        )
    table = read_columns(frame)
    _check_columns(table, encoding)
    series = _series(table, encoding.columns, ends)
    steps, kept = _steps(table, encoding, ends, series, notes)
    inside = kept & (steps >= 0) & (steps < horizon)
    unused = int((kept & ~inside).sum())
    if unused:
        notes.append(
            f"{unused:,} {'row' if unused == 1 else 'rows'} of future= outside the next "
            f"{horizon:,} steps: not used"
        )
    rows = np.flatnonzero(inside)
    rows = rows[np.lexsort((steps[rows], series[rows]))]
    found = GridRows(rows, series[rows], steps[rows])
    _check_single(encoding, ends, found)
    return {name: table[name] for name in encoding.roles.future}, found


def _check_columns(table: Table, encoding: Encoding) -> None:
    columns = encoding.columns
    wanted = [*([] if columns.id is None else [columns.id]), *columns.time, *encoding.roles.future]
    for name in wanted:
        if name not in table:
            near = difflib.get_close_matches(name, [*table], n=1, cutoff=0.6)
            raise DataError(
                f"future= has no column {name!r}, but {', '.join(map(str, table))}.",
                f"the columns {', '.join(wanted)}",
                f"rename {near[0]!r} if it is meant" if near else "add it",
            )


def _series(table: Table, columns: Columns, ends: Ends) -> Whole:
    """The number of each row's series, -1 for one that was left out of the fit, (R,)."""
    if columns.id is None:
        return np.zeros(len(next(iter(table.values()))), np.int64)
    texts = table[columns.id].cast(pl.String)
    if texts.null_count():
        row = int(texts.is_null().arg_true()[0])
        raise DataError(
            f"future= names no series in {place(row)}: {columns.id!r} is empty there.",
            "a series in every row",
            "fill it in, or leave the row out",
        )
    number = {name: place for place, name in enumerate(ends.ids)}
    number |= dict.fromkeys(ends.left_out - number.keys(), -1)
    unknown = [name for name in texts.unique(maintain_order=True).to_list() if name not in number]
    if unknown:
        raise _unknown(unknown, ends.ids, columns)
    names = pl.Series([*number])
    return texts.replace_strict(names, [*number.values()], return_dtype=pl.Int64).to_numpy()


def _unknown(unknown: Sequence[str], ids: Sequence[str], columns: Columns) -> DataError:
    more = f" (and {len(unknown) - 1:,} more)" if len(unknown) > 1 else ""
    near = difflib.get_close_matches(unknown[0], ids[:1000], n=1, cutoff=0.6)
    shown = ", ".join(ids[:5]) + (f" and {len(ids) - 5:,} more" if len(ids) > 5 else "")
    return DataError(
        f"future= has rows of the series {unknown[0]!r}{more} in {columns.id!r}, which was not "
        "fitted.",
        f"one of {shown}",
        f"did you mean {near[0]!r}?" if near else "leave its rows out, or fit with its history",
    )


def _steps(
    table: Table, encoding: Encoding, ends: Ends, series: Whole, notes: list[str]
) -> tuple[Whole, NDArray[np.bool_]]:
    """How many steps ahead each row is, from 0, and which rows count, (R,) each."""
    columns = encoding.columns
    if not columns.time:
        order = pl.DataFrame({"of": series}).select(pl.int_range(pl.len()).over("of"))
        return order.to_series().to_numpy().astype(np.int64), series >= 0
    times = _times(table, encoding, notes)
    origins = ends.origins[series]
    steps = encoding.frequency.positions(times, origins)
    on_grid = encoding.frequency.times(origins, steps)
    moved = int(((on_grid != times) & (series >= 0)).sum())
    if moved:
        notes.append(
            f"{moved:,} {'row' if moved == 1 else 'rows'} of future= beside the grid: moved to the "
            "nearest grid point"
        )
    return steps - ends.lengths[series], series >= 0


def _times(table: Table, encoding: Encoding, notes: list[str]) -> Times:
    columns, style = encoding.columns, encoding.style
    if len(columns.time) > 1 and columns.time[0].lower() in PARTS:
        read = read_row_times(table, columns)
    else:
        parts = [table[name] for name in columns.time]
        column = with_clock(*parts) if len(parts) > 1 else parts[0]
        read = times_like(column, style, encoding.zone, notes)
    if not read.known.all():
        row = int(np.flatnonzero(~read.known)[0])
        raise DataError(
            f"future= has no time in {place(row)}.",
            "a time in every row",
            "fill it in, or leave the row out",
        )
    if (read.times.dtype.kind == "M") != (encoding.frequency.unit != "step"):
        given = "dates" if read.times.dtype.kind == "M" else "whole numbers"
        raise DataError(
            f"future= has {given} in {', '.join(columns.time)}.",
            "times as in the data that were fitted",
            f"write them as there, such as {_example(style, encoding)}",
        )
    return read.times


def _example(style: TimeStyle, encoding: Encoding) -> str:
    if encoding.frequency.unit == "step":
        return "1, 2, 3"
    return str(style.render(np.array(["2024-01-31T00:00"], "M8[us]"))[0])


def _check_single(encoding: Encoding, ends: Ends, found: GridRows) -> None:
    """Raises a DataError if two rows are of one point."""
    twice = np.flatnonzero((np.diff(found.series) == 0) & (np.diff(found.steps) == 0))
    if not len(twice):
        return
    first = int(twice[0])
    number = int(found.series[first])
    step = ends.lengths[number] + found.steps[[first]]
    time = encoding.style.render(encoding.frequency.times(ends.origins[number], step))[0]
    more = f", and {len(twice) - 1:,} more like them" if len(twice) > 1 else ""
    raise DataError(
        f"future= has two rows of the series {ends.ids[number]!r} at {time}: "
        f"{place(int(found.rows[first]))} and {place(int(found.rows[first + 1]))}{more}.",
        "one row a series and time",
        "leave one of them out",
    )
