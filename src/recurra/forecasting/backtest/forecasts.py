"""Forecasts from rolling origins, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.backtest.model import OWN
from recurra.forecasting.columns import read_columns
from recurra.tables.frequency import Times

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecasts:
    """Forecasts in the units of the series, NaN where there is none.

    Attributes:
        point: (S, W, K), or (S, K) from one origin.
        low: Lower ends of the intervals by level in percent, each of that shape.
        high: Upper ends.
    """

    point: Array
    low: Mapping[float, Array]
    high: Mapping[float, Array]

    @classmethod
    def stack(cls, windows: Sequence[Forecasts]) -> Self:
        """The forecasts of several origins, each (S, K), as one, (S, W, K)."""

        def stacked(arrays: Sequence[Array]) -> Array:
            return np.stack(arrays, axis=1)

        levels = [*windows[0].low]
        return cls(
            stacked([one.point for one in windows]),
            {level: stacked([one.low[level] for one in windows]) for level in levels},
            {level: stacked([one.high[level] for one in windows]) for level in levels},
        )

    @classmethod
    def alike(cls, values: Array, level: Sequence[float]) -> Self:
        """The same numbers for all."""
        return cls(values, dict.fromkeys(level, values), dict.fromkeys(level, values))

    def __getitem__(self, series: Any) -> Forecasts:
        """Those of some of the series."""
        return Forecasts(
            self.point[series],
            {level: values[series] for level, values in self.low.items()},
            {level: values[series] for level, values in self.high.items()},
        )

    @classmethod
    def of_columns(cls, columns: Mapping[str, Array], level: Sequence[float]) -> Self:
        """What :attr:`columns` gives, put together again."""
        low = {percent: columns[f"{OWN}-lo-{percent:g}"] for percent in level}
        high = {percent: columns[f"{OWN}-hi-{percent:g}"] for percent in level}
        return cls(columns[OWN], low, high)

    @property
    def columns(self) -> dict[str, Array]:
        """By the names of their columns: ``recurra``, ``recurra-lo-80``, ``recurra-hi-80``."""
        found = {OWN: self.point}
        for level in self.low:
            found[f"{OWN}-lo-{level:g}"] = self.low[level]
            found[f"{OWN}-hi-{level:g}"] = self.high[level]
        return found


def read_forecasts(
    frame: Any, names: Sequence[str], times: Times, level: Sequence[float]
) -> Forecasts:
    """Reads what a forecaster's ``predict`` gave.

    Args:
        frame: ``unique_id, ds, recurra`` and the intervals, K rows a series.
        names: Of the S series to find in it; others are passed over.
        times: (S, K) the times that are to be forecast.
        level: The levels that were asked for.

    Returns:
        (S, K), NaN for a series that the frame lacks.

    Raises:
        DataError: If a column is missing, or the times are not those.
    """
    if not len(nw.from_native(frame, eager_only=True)):
        return Forecasts.alike(np.full(times.shape, np.nan), level)
    table = read_columns(frame)
    wanted = Forecasts.alike(np.empty(times.shape), level).columns
    _check_there(table, ["unique_id", "ds", *wanted])
    order, present = _order(table["unique_id"], names, times.shape[1])
    _check_times(table["ds"], order, times[present])

    def values(name: str) -> Array:
        found = np.full(times.shape, np.nan)
        found[present] = table[name].cast(pl.Float64).to_numpy()[order]
        return found

    return Forecasts.of_columns({name: values(name) for name in wanted}, level)


def _check_there(table: Mapping[str, Any], wanted: Sequence[str]) -> None:
    lacking = [name for name in wanted if name not in table]
    if lacking:
        raise DataError(
            f"The forecaster gave no column {lacking[0]!r}, but {', '.join(table)}.",
            f"the columns {', '.join(wanted)}",
            "see that its predict gives them",
        )


def _order(
    ids: pl.Series, names: Sequence[str], horizon: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The rows of each series, (P, K), and which of the series these are, (P,)."""
    numbers = ids.cast(pl.String).replace_strict(
        [*names], range(len(names)), default=-1, return_dtype=pl.Int64
    )
    owners = numbers.to_numpy()
    rows = np.argsort(owners, kind="stable")
    rows = rows[owners[rows] >= 0]
    present, counts = np.unique(owners[rows], return_counts=True)
    if (counts != horizon).any():
        number = int(np.flatnonzero(counts != horizon)[0])
        raise DataError(
            f"The forecaster gave {counts[number]} rows for {names[int(present[number])]!r}.",
            f"{horizon}, one a step ahead",
            "see that its predict gives them",
        )
    return rows.reshape(-1, horizon), present


def _check_times(ds: pl.Series, order: NDArray[np.int64], times: Times) -> None:
    stamps = ds.cast(pl.Datetime("us")) if ds.dtype.is_temporal() else ds
    given = stamps.to_numpy()[order]
    wrong = np.argwhere(given != times)
    if len(wrong):
        place = tuple(wrong[0])
        raise DataError(
            f"The forecaster gave a forecast for {given[place]}.",
            f"one for {times[place]}, the next time on the grid of the series",
            "see that times are regular, or name the right column with time=/--time",
        )
