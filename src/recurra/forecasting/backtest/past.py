"""A panel as a table that can be cut at any origin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.forecasting.columns import Table, read_columns
from recurra.forecasting.panel import Panel, Series
from recurra.forecasting.rows import read_rows, series_names
from recurra.tables.frequency import Times
from recurra.tables.zones import Zone

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """The rows of all series on their common grid of times.

    What is cut off is not in the table that a forecaster gets: it can only leak in by another way.

    Attributes:
        table: A row a series and time, series one after the other: the series, the time, the
            target (NaN where nothing was observed), and the other columns as they were.
        id: The column of the series.
        time: The column of times, datetimes or whole numbers.
        target: The column to forecast.
        owners: (N,) the number of the series of each row.
        places: (N,) where on its series' grid each row stands, from 0.
        backend: The kind of frame that came in.
    """

    table: pl.DataFrame
    id: str
    time: str
    target: str
    owners: Places
    places: Places
    backend: Any

    @classmethod
    def of(cls, frame: Any, panel: Panel) -> Self:
        """The table of a panel.

        Args:
            frame: What the panel was read from.
            panel: Its series, some of which may have been left out.
        """
        table = read_columns(frame)
        used = {panel.columns.id, *panel.columns.time, panel.columns.target}
        extra = {name: column for name, column in table.items() if name not in used}
        lengths = np.array([len(one.values) for one in panel.series])
        owners = np.repeat(np.arange(len(lengths)), lengths)
        places = np.concatenate([np.arange(length) for length in lengths])
        names = _names(panel, extra)
        rows = _rows(table, panel, lengths) if extra else np.zeros(0, np.int64)
        columns = [
            *_keys(panel, owners, names),
            *(_gathered(column, rows).alias(name) for name, column in extra.items()),
        ]
        backend = nw.from_native(frame, eager_only=True).implementation
        return cls(pl.DataFrame(columns), *names, owners, places, backend)

    @property
    def covariates(self) -> list[str]:
        """The columns beside series, time and target."""
        return [
            name for name in self.table.columns if name not in {self.id, self.time, self.target}
        ]

    def until(self, known: Places) -> Any:
        """The first rows of each series, a frame of the kind that came in.

        Args:
            known: (S,) how many rows of each; a series of 0 is not in it.
        """
        kept = self.places < known[self.owners]
        return self.as_given(self.table.filter(pl.Series(kept)))

    def ahead(self, known: Places, horizon: int, names: Sequence[str]) -> Any:
        """What is known ahead of the rows after those, a frame of the kind that came in.

        Args:
            known: (S,) how many rows of each series are known; a series of 0 is not in it.
            horizon: K, how many rows more.
            names: The columns to give beside series and time.
        """
        first = known[self.owners]
        kept = (self.places >= first) & (self.places < first + horizon) & (first > 0)
        return self.as_given(self.table.filter(pl.Series(kept)).select(self.id, self.time, *names))

    def as_given(self, table: pl.DataFrame) -> Any:
        """A table as a frame of the kind that came in."""
        return to_kind(table, self.backend)


def to_kind(table: pl.DataFrame, backend: Any) -> Any:
    """A polars frame as one of pandas, pyarrow or polars."""
    if backend is nw.Implementation.POLARS:
        return table
    columns = {name: table[name].to_numpy() for name in table.columns}
    return nw.from_dict(columns, backend=backend).to_native()


def _names(panel: Panel, extra: Table) -> tuple[str, str, str]:
    """The user's own names of columns, or free ones where a column is made."""
    columns = panel.columns
    time = columns.time[0] if len(columns.time) == 1 else _free("ds", [*extra, columns.target])
    series = columns.id or _free("unique_id", [*extra, columns.target, time])
    return series, time, columns.target


def _free(name: str, taken: Sequence[str]) -> str:
    return name if name not in taken else _free(f"{name}_", taken)


def _keys(panel: Panel, owners: Places, names: tuple[str, str, str]) -> list[pl.Series]:
    ids = pl.Series([one.id for one in panel.series], dtype=pl.String)
    times = [one.times(panel.frequency, np.arange(len(one.values))) for one in panel.series]
    values = [np.where(one.observed, one.values, np.nan) for one in panel.series]
    series, time, target = names
    return [
        ids.gather(owners).alias(series),
        _zoned(pl.Series(time, np.concatenate(times)), panel.zone),
        pl.Series(target, np.concatenate(values)),
    ]


def _zoned(times: pl.Series, zone: Zone) -> pl.Series:
    """Times of a named zone are handed on with it, since calendars go by the clock there."""
    if "/" not in zone.name:
        return times
    if zone.to_utc:
        return times.dt.replace_time_zone("UTC").dt.convert_time_zone(zone.name)
    return times.dt.replace_time_zone(zone.name, non_existent="null")


def _gathered(column: pl.Series, rows: Places) -> pl.Series:
    """The cells of these rows, null for row -1."""
    wanted = pl.Series(rows)
    return column.gather(wanted.set(wanted < 0, None))


def _rows(table: Table, panel: Panel, lengths: Places) -> Places:
    """Which row of the user's table stands at each place of the grid, -1 for none."""
    numbers = pl.Series(np.arange(len(table[panel.columns.target]), dtype=np.float64))
    # The reader sorts and drops rows; numbers in place of the target tell which ones stayed.
    read, _ = read_rows({**table, panel.columns.target: numbers}, panel.columns, [])
    names = series_names(table, panel.columns)
    known = {one.id: (number, one) for number, one in enumerate(panel.series)}
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    found = np.full(int(offsets[-1]), -1)
    ends = [*read.starts[1:], len(read.owners)]
    for start, end in zip(read.starts, ends, strict=True):
        if here := known.get(names[int(read.owners[start])]):
            number, one = here
            part = found[offsets[number] : offsets[number + 1]]
            _place(part, panel, one, read.times[start:end], read.values[start:end])
    return found


def _places(panel: Panel, one: Series, times: Times) -> Places:
    """Where times stand in a series; -1 for one that is no reading of it."""
    if one.readings is None:
        return panel.frequency.positions(times, one.origin)
    own = one.readings.times
    near = np.minimum(np.searchsorted(own, times), len(own) - 1)
    return np.where(own[near] == times, near, -1)


def _place(
    part: Places, panel: Panel, one: Series, times: Times, rows: NDArray[np.float64]
) -> None:
    """Writes the rows of one series to where they stand; of several at one time the first."""
    places = _places(panel, one, times)
    inside = (places >= 0) & (places < len(part))
    part[places[inside][::-1]] = rows[inside][::-1].astype(np.int64)
