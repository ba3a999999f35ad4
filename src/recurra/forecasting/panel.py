"""Series on regular grids of time, read from a table and repaired where they must be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting import columns as column_finder
from recurra.forecasting.columns import Columns, Table
from recurra.forecasting.grid import Grid, last_seen
from recurra.forecasting.panel_readings import readings_of
from recurra.forecasting.readings import Readings
from recurra.forecasting.rows import Rows, read_rows, series_names
from recurra.tables.frequency import IRREGULAR, Frequency, Times, infer_any
from recurra.tables.times import TimeStyle
from recurra.tables.zones import Zone, check_zoned

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SHORTEST = 3
"""A series of fewer points tells nothing."""

NAMED = 3
"""Series that a note names one by one; of more it gives the number."""


@dataclass(frozen=True)
class Series:
    """One series on its grid, or of readings at irregular times.

    Attributes:
        id: Its name.
        origin: The time of its first point, datetime64[us] or int64.
        values: Finite, (N,), in its own unit; gaps repeat the value before them,
            since anything else would show a network what came after.
        observed: (N,), False where a value was filled.
        group: That of its model, if there is a model a group: the values of the columns by which
            series are grouped.
        readings: When its values were read, where times follow no step; else None.
    """

    id: str
    origin: Any
    values: Array
    observed: NDArray[np.bool_]
    group: tuple[str, ...] = ()
    readings: Readings | None = None

    @property
    def anchor(self) -> Any:
        """What its times are told from: its readings, if they follow no step, else its origin."""
        return self.origin if self.readings is None else self.readings

    def times(self, frequency: Frequency, places: Whole) -> Times:
        """The times of places, (P,), 0 the first; those behind the last value too."""
        if self.readings is not None:
            return self.readings.at(places)
        return frequency.times(self.origin, places)


@dataclass(frozen=True)
class Further:
    """Further columns of a table, and where its rows stand on the grids of the series.

    Attributes:
        table: The columns as read, (R,) each, in the order of the table's R rows.
        places: (M,) int64, the rows of the series that are kept, sorted by series and time.
        series: (M,) int64, the number of each row's series in ``Panel.series``.
        steps: (M,) int64, how many steps after the origin of its series it stands: below 0 before
            the first value, from the length of the series on behind the last.
        left_out: The series that are not kept, since they are too short or without a value.
    """

    table: Table
    places: NDArray[np.int64]
    series: NDArray[np.int64]
    steps: NDArray[np.int64]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Panel:
    """Series of one frequency.

    Attributes:
        series: In the order in which the table names them; their arrays are views of one for all.
        frequency: Of all.
        columns: Where they were read from.
        style: How their times were written.
        notes: What was inferred and repaired, a sentence each.
        further: The further columns that were asked for.
        zone: In which time zone the times were written.
    """

    series: tuple[Series, ...]
    frequency: Frequency
    columns: Columns
    style: TimeStyle
    notes: tuple[str, ...]
    further: Further
    zone: Zone

    @classmethod
    def from_frame(
        cls,
        frame: Any,
        *,
        id: str | None = None,  # noqa: A002
        time: str | None = None,
        target: str | None = None,
        further: Sequence[str] = (),
    ) -> Self:
        """Reads a table, finding the columns that are not named.

        Args:
            frame: Of pandas, polars, pyarrow or anything that narwhals takes, a row a series and
                time, in any order.
            id: The column that names the series.
            time: The column of times; ``""`` to take the rows in their order.
            target: The column to forecast.
            further: Columns to bring along beside the target, none of those above.

        Raises:
            DataError: If the table cannot be used.
        """
        table = column_finder.read_columns(frame)
        columns, notes = column_finder.infer(
            table, id=id, time=time, target=target, further=further
        )
        column_finder.check_names(frame, columns.id)
        return cls._build(table, columns, further, notes)

    @classmethod
    def from_columns(
        cls,
        frame: Any,
        columns: Columns,
        further: Sequence[str] = (),
        *,
        irregular: bool = False,
    ) -> Self:
        """Reads a table whose columns are known.

        Args:
            frame: As for :meth:`from_frame`.
            columns: Those that count.
            further: Columns to bring along beside the target.
            irregular: Whether rows are readings, even if their times happen to follow a step.

        Raises:
            DataError: If one is missing, the table holds several series where the columns are of
                one, or it cannot be used.
        """
        table = column_finder.read_columns(frame)
        column_finder.check_columns(table, columns)
        column_finder.check_further(table, columns, further)
        column_finder.check_one_series(table, columns)
        column_finder.check_names(frame, columns.id)
        return cls._build(table, columns, further, [], irregular=irregular)

    @classmethod
    def _build(
        cls,
        table: Table,
        columns: Columns,
        further: Sequence[str],
        notes: list[str],
        *,
        irregular: bool = False,
    ) -> Self:
        notes = [*notes]
        rows, style = read_rows(table, columns, notes)
        for name in columns.time:
            check_zoned(table[name])
        frequency = IRREGULAR if irregular else infer_any(rows.times, rows.starts)
        notes.append(f"frequency: {frequency.name}")
        names = series_names(table, columns)
        if frequency.irregular:
            column_finder.check_one_sequence(table, columns)
            # Covariates are read on a grid: who asks for some is told so by who asked.
            series = _read(rows, columns, names, notes)
            zone = _zone(table, columns, rows, style)
            return cls(
                tuple(series), frequency, columns, style, tuple(notes), _nothing_further(()), zone
            )
        grid = Grid.of(rows, frequency, names)
        reaches = _reaches(grid, columns, notes)
        series = _series(grid, reaches, frequency, names)
        _note_constant(series, notes)
        beside = _further({name: table[name] for name in further}, rows, grid, reaches, names)
        zone = _zone(table, columns, rows, style)
        return cls(tuple(series), frequency, columns, style, tuple(notes), beside, zone)


@dataclass(frozen=True)
class _Reaches:
    """The series that are kept.

    Attributes:
        kept: (S,) the place of each in the grid.
        firsts: (S,) the place of the first value of each in the grid's arrays.
        ends: (S,) the place behind its last.
    """

    kept: Whole
    firsts: Whole
    ends: Whole


def _reaches(grid: Grid, columns: Columns, notes: list[str]) -> _Reaches:
    """From its first value to its last, of the series that are long enough."""
    alive, firsts, ends = grid.known()
    notes += _repairs(grid, firsts, ends)
    lengths = ends - firsts
    kept = lengths >= SHORTEST
    if not kept.any():
        raise _all_short(columns, int(lengths.max(initial=0)))
    short = int((~kept).sum())
    if short:
        notes.append(f"{_number(short, 'series')} of fewer than {SHORTEST} points: left out")
    return _Reaches(alive[kept], firsts[kept], ends[kept])


def _all_short(columns: Columns, longest: int) -> DataError:
    return DataError(
        f"{columns.target!r} has {longest} points in its longest series.",
        f"at least {SHORTEST} points a series",
        "give a longer history, or check the columns named with time=/--time and id=/--id",
    )


def _read(rows: Rows, columns: Columns, names: list[str], notes: list[str]) -> list[Series]:
    """Series of readings at irregular times."""
    found = readings_of(rows, SHORTEST, columns.target)
    if not found.series:
        raise _all_short(columns, found.longest)
    notes += found.notes
    series = [
        Series(
            names[one.owner],
            readings.times[0],
            one.values,
            np.ones(len(one.values), np.bool_),
            readings=readings,
        )
        for one, readings in found.series
    ]
    _note_constant(series, notes)
    return series


def _nothing_further(left_out: Sequence[str]) -> Further:
    none = np.zeros(0, np.int64)
    return Further({}, none, none, none, tuple(sorted(left_out)))


def _repairs(grid: Grid, firsts: Whole, ends: Whole) -> list[str]:
    """A sentence for each repair that was needed."""
    known = np.isfinite(grid.values)
    inside = np.zeros(len(known) + 1, np.int8)
    inside[firsts] += 1
    inside[ends] -= 1
    within = np.cumsum(inside[:-1], dtype=np.int8).astype(bool)
    alive = np.diff(grid.starts)[np.searchsorted(grid.starts, firsts, "right") - 1]
    empty = within & ~known
    filled = "filled with the value before, and not scored"
    repairs = (
        ((grid.rows_at > 1).sum(), "time", "that stood more than once: averaged"),
        (grid.moved, "time", "beside the grid: moved to the nearest grid point"),
        ((empty & (grid.rows_at == 0)).sum(), "missing time", filled),
        ((empty & (grid.rows_at > 0)).sum(), "missing value", filled),
        (
            (alive - (ends - firsts)).sum(),
            "missing value",
            "before the first or after the last: left out",
        ),
        (len(grid.owners) - len(firsts), "series", "without a value: left out"),
    )
    return [f"{_number(count, thing)} {what}" for count, thing, what in repairs if count]


def _series(grid: Grid, reaches: _Reaches, frequency: Frequency, names: list[str]) -> list[Series]:
    """The series that are kept, gaps filled with the value before."""
    known = np.isfinite(grid.values)
    filled = grid.values[last_seen(known)]
    skipped = reaches.firsts - grid.starts[reaches.kept]
    origins = frequency.times(grid.origins[reaches.kept], skipped)
    owners = grid.owners[reaches.kept].tolist()
    parts = zip(reaches.firsts.tolist(), reaches.ends.tolist(), strict=True)
    return [
        Series(names[owner], origin, filled[first:end], known[first:end])
        for owner, origin, (first, end) in zip(owners, origins, parts, strict=True)
    ]


def _further(table: Table, rows: Rows, grid: Grid, reaches: _Reaches, names: list[str]) -> Further:
    """Where the rows of the kept series stand, counted from the first value of each."""
    left_out = {*names} - {names[owner] for owner in grid.owners[reaches.kept].tolist()}
    if not table or rows.places is None:
        return _nothing_further([*left_out])
    numbers = np.full(len(grid.owners), -1)
    numbers[reaches.kept] = np.arange(len(reaches.kept))
    skipped = np.zeros(len(grid.owners), np.int64)
    skipped[reaches.kept] = reaches.firsts - grid.starts[reaches.kept]
    counts = np.diff(rows.starts, append=len(rows.owners))
    series = np.repeat(numbers, counts)
    steps = grid.steps - np.repeat(skipped, counts)
    counted = series >= 0
    return Further(
        table, rows.places[counted], series[counted], steps[counted], tuple(sorted(left_out))
    )


def _zone(table: Table, columns: Columns, rows: Rows, style: TimeStyle) -> Zone:
    """The zone of the column of times; none of days and clock times in columns of their own."""
    if len(columns.time) != 1 or rows.places is None:
        return Zone()
    return Zone.of(table[columns.time[0]], int(rows.places[0]), rows.times[0], style)


def _note_constant(series: list[Series], notes: list[str]) -> None:
    constant = [one for one in series if one.values.min() == one.values.max()]
    notes += [
        f"the series {one.id} is constant ({one.values[0]:g}) and is forecast as such"
        for one in constant[:NAMED]
    ]
    if len(constant) > NAMED:
        notes.append(f"{len(constant) - NAMED} more series are constant and forecast as such")


def _number(count: Any, thing: str) -> str:
    """A count with its noun: "1 row", "3 rows"."""
    plural = thing if count == 1 or thing == "series" else f"{thing}s"
    return f"{int(count):,} {plural}"
