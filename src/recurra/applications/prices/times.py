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

_DAYS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y"),
    *("%d-%m-%Y", "%m-%d-%Y", "%b %d, %Y", "%d-%b-%Y", "%d %b %Y", "%m/%d/%y", "%d/%m/%y"),
)
_HOURS = ("", " %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M", " %H%M%S", " %H%M", " %I:%M %p")

_ZONE = r"(?<=:\d\d)(?:\.\d+)?(?:Z|\s*UTC|[+-]\d\d:?\d\d)?$"
"""Fractions of a second and zones at the end of a time: what stands before is the market's time."""

_SWAPPED = {"%m/%d": "%d/%m", "%m-%d": "%d-%m"}


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

    Args:
        cells: ``2024-01-31``, ``31.01.2024 09:30``, ``20240131``, seconds since 1970, and so on.
        path: Where they are from, for the words of an error.

    Raises:
        DataError: If they are written in no way that is known, or in several.
    """
    plain = [cell if _counted(cell) else re.sub(_ZONE, "", cell.strip()) for cell in cells]
    some = next((cell for cell in plain if cell), None)
    if some is None:
        raise DataError(f"{path}, in which the column of dates is empty", "a date in each row")
    if _counted(some):
        return _since_1970(plain, path)
    column = pl.Series(plain)
    filled = int((column != "").sum())
    for form in (day + hour for hour in _HOURS for day in _DAYS):
        if _parsed(pl.Series([some]), form).null_count():
            continue
        times = _parsed(column, form)
        if len(times) - times.null_count() == filled:
            return Read(times.to_numpy().astype("datetime64[s]"), _guessed(column, form, some))
    raise DataError(
        f"{path} holds dates that are not all written in one way that is known, such as {some!r}",
        "dates as 2024-01-31, times as 2024-01-31 09:30",
        "write all of them so",
    )


def _parsed(column: pl.Series, form: str) -> pl.Series:
    kind = pl.Datetime("ms") if "H" in form or "I" in form else pl.Date()
    found = column.str.strptime(kind, form, strict=False, exact=True)
    return found.cast(pl.Datetime("ms"))


def _guessed(column: pl.Series, form: str, some: str) -> tuple[str, ...]:
    """That day and month may be the other way round, where they may."""
    for first, other in _SWAPPED.items():
        if form.startswith(first) and not _parsed(column, form.replace(first, other)).null_count():
            return (f"dates such as {some!r} are read with the month first",)
    return ()


def _counted(cell: str) -> bool:
    return re.fullmatch(r"\d{9,10}(?:\.\d+)?|\d{13}|\d{16}|\d{19}", cell.strip()) is not None


def _since_1970(cells: Sequence[str], path: Path) -> Read:
    """Seconds, or thousandths and finer parts of them."""
    try:
        numbers = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError as error:
        raise DataError(
            f"{path}, in which not all dates are numbers ({error})", "times in one way"
        ) from error
    size = np.nanmedian(numbers)
    unit = next(
        u for u, most in ((1, 1e11), (1e3, 1e14), (1e6, 1e17), (1e9, np.inf)) if size < most
    )
    there = np.isfinite(numbers)
    seconds = np.where(there, numbers / unit, 0).astype("int64").astype("datetime64[s]")
    seconds[~there] = np.datetime64("NaT")
    return Read(seconds, ("times are numbers: read as counted from 1970 on",))
