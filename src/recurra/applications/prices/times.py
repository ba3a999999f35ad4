"""Dates and times as they stand in tables of prices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from recurra.applications.prices.quotes import Times
from recurra.errors import DataError
from recurra.tables.times import EPOCHS, readings, without_zones


@dataclass(frozen=True)
class Read:
    """Times that were read.

    Attributes:
        times: datetime64[s], (N,); NaT for an empty cell.
        notes: What was guessed.
    """

    times: Times
    notes: tuple[str, ...]


def read_times(cells: Sequence[str], path: Path) -> Read:
    """Reads dates or times, all written in one way.

    A zone behind them is passed over: what stands before it is the market's time. Where day and
    month may be either way round the month is first, as it is in what most exchanges give away.

    Args:
        cells: ``2024-01-31``, ``31.01.2024 09:30``, ``20240131``, seconds since 1970, and so on.
        path: Where they are from, for the words of an error.

    Raises:
        DataError: If they are written in no way that is known, or in several.
    """
    some = next((cell for cell in cells if cell), None)
    if some is None:
        raise DataError(f"{path}, in which the column of dates is empty", "a date in each row")
    if _counted(some):
        return _since_1970(cells, path)
    column = pl.Series(cells)
    found = readings(without_zones(column.set(column == "", None)))
    if not found:
        raise DataError(
            f"{path} holds dates that are not all written in one way that is known, such as "
            f"{some!r}",
            "dates as 2024-01-31, times as 2024-01-31 09:30",
            "write all of them so",
        )
    pattern = next((one for one in found if one.startswith("%m")), next(iter(found)))
    notes = (f"dates such as {some!r} are read with the month first",) * (len(found) > 1)
    return Read(found[pattern].to_numpy().astype("datetime64[s]"), notes)


def _counted(cell: str) -> bool:
    return re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}", cell) is not None


def _since_1970(cells: Sequence[str], path: Path) -> Read:
    """Seconds, or thousandths and finer parts of them."""
    try:
        numbers = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError as error:
        raise DataError(
            f"{path}, in which not all dates are numbers ({error})", "times in one way"
        ) from error
    size = np.nanmedian(numbers)
    *finer, finest = EPOCHS.values()
    unit = next((one for one in finer if size < 1e11 * one), finest)
    there = np.isfinite(numbers)
    seconds = np.where(there, numbers / unit, 0).astype("int64").astype("datetime64[s]")
    seconds[~there] = np.datetime64("NaT")
    return Read(seconds, ("times are numbers: read as counted from 1970 on",))
