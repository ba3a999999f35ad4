"""Times as users write them, read as datetimes or steps and written back the same way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import polars as pl

from recurra.errors import DataError
from recurra.forecasting.frequency import Times

SAMPLE = 500
"""Cells that a format must fit before it is tried on all."""

_DATES = (
    *("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
    *("%d-%m-%Y", "%m-%d-%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"),
    *("%d-%b-%Y", "%d %b %Y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y"),
    *("%d/%m/%y", "%m/%d/%y", "%d-%m-%y", "%m-%d-%y"),
)
_CLOCKS = (
    "",
    *(f"{sep}%H:%M{seconds}" for sep in (" ", "T") for seconds in ("", ":%S", ":%S%.f")),
    *(" %I:%M %p", " %I:%M:%S %p"),
)
_MONTHS = ("%Y-%m", "%Y/%m", "%b %Y", "%B %Y", "%b-%Y", "%m/%Y", "%m-%Y", "%YM%m")
_ZONES = ("", "%#z")

_SHAPE = r"\d[-/.: ]\d|\d{8}|[A-Za-z]{3,9}[- ,.]+\d|\d[- ][A-Za-z]{3}|^\d{4}M\d|^\d{4}[- ]?Q[1-4]$"
"""What any written time holds: parts with marks between them."""


@dataclass(frozen=True)
class TimeStyle:
    """How the times of a table are written.

    Attributes:
        kind: ``"text"`` by ``pattern``, ``"quarter"`` as 1949Q1, ``"datetime"``, ``"date"``,
            ``"integer"``, or ``"row"`` for rows in order without times, counted from 0.
        pattern: Of strftime, for text.
    """

    kind: str
    pattern: str = ""

    def render(self, times: Times) -> pl.Series:
        """Writes times, (N,) datetime64[us] or int64."""
        column = pl.Series("ds", times)
        match self.kind:
            case "text":
                return column.dt.strftime(self.pattern)
            case "quarter":
                years, quarters = column.dt.year(), column.dt.quarter()
                return years.cast(pl.String) + "Q" + quarters.cast(pl.String)
            case "date":
                return column.cast(pl.Date)
        return column

    def to_json(self) -> dict[str, str]:
        """Plain data."""
        return {"kind": self.kind, "pattern": self.pattern}

    @classmethod
    def from_json(cls, data: dict[str, str]) -> Self:
        """What :meth:`to_json` gave."""
        return cls(data["kind"], data["pattern"])


@dataclass(frozen=True)
class ReadTimes:
    """A column of times as read.

    Attributes:
        times: (N,) datetime64[us], NaT where missing, or int64.
        style: How they were written.
        notes: Guesses that were needed, a sentence each.
    """

    times: Times
    style: TimeStyle
    notes: tuple[str, ...] = ()


def looks_like_times(column: pl.Series) -> bool:
    """Whether a column holds dates or times, by its type or the look of its first cells."""
    if column.dtype.is_temporal():
        return column.dtype not in {pl.Time, pl.Duration}
    if column.dtype != pl.String or column.null_count() == len(column):
        return False
    sample = column.drop_nulls().head(SAMPLE)
    return bool(sample.str.contains(_SHAPE).all()) and bool([*_fitting(sample)])


def read_times(column: pl.Series) -> ReadTimes:
    """Reads a column of times.

    Args:
        column: (N,) temporal, whole numbers, or text.

    Raises:
        DataError: If a cell is no time, or day and month cannot be told apart.
    """
    if column.dtype.is_temporal():
        return _from_temporal(column)
    if column.dtype == pl.String and _whole_numbers(column) is None:
        return _from_text(column)
    numbers = _whole_numbers(column) if column.dtype == pl.String else column
    if numbers is None or not _all_whole(numbers):
        raise DataError(
            f"the column {column.name!r} of type {column.dtype} as times",
            "dates, times or whole numbers",
            "name another with time=/--time",
        )
    return _from_integers(numbers)


def _from_temporal(column: pl.Series) -> ReadTimes:
    zone = getattr(column.dtype, "time_zone", None)
    notes: tuple[str, ...] = ()
    if zone is not None and zone != "UTC":
        notes = (f"times were converted from {zone} to UTC",)
    if zone is not None:
        column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    kind = "date" if column.dtype == pl.Date else "datetime"
    return ReadTimes(_microseconds(column), TimeStyle(kind), notes)


def _whole_numbers(column: pl.Series) -> pl.Series | None:
    """Text as whole numbers, if it is nothing else and not dates such as 20240131 or 2024."""
    if column.dtype != pl.String:
        return None
    present = column.drop_nulls()
    if not present.str.contains(r"^-?\d{1,19}$").all():
        return None
    if present.str.len_chars().eq(8).all() and [*_fitting(present.head(SAMPLE))]:
        return None
    return column.cast(pl.Int64, strict=False)


def _all_whole(column: pl.Series) -> bool:
    if column.dtype.is_integer():
        return True
    present = column.drop_nulls()
    return column.dtype.is_float() and bool((present == present.round()).all())


def _from_integers(column: pl.Series) -> ReadTimes:
    """Whole numbers: seconds or milliseconds since 1970 if they look so, years, or steps."""
    if column.null_count():
        raise DataError(
            f"{column.null_count()} missing times in the column {column.name!r}",
            "a number in every row",
            "fill them in, or remove those rows",
        )
    values = column.cast(pl.Int64).to_numpy()
    least, most = int(values.min()), int(values.max())
    for size, unit in ((1_000_000, "seconds"), (1_000, "milliseconds")):
        if least * size >= 10**15 and most * size < 5 * 10**15:
            times = (values * size).astype("datetime64[us]")
            note = f"the numbers in {column.name} were read as {unit} since 1970"
            return ReadTimes(times, TimeStyle("datetime"), (note,))
    if "year" in column.name.lower() and least >= 1000 and most < 3000:
        times = (values - 1970).astype("datetime64[Y]").astype("datetime64[us]")
        return ReadTimes(times, TimeStyle("text", "%Y"))
    return ReadTimes(values.astype(np.int64), TimeStyle("integer"))


def _from_text(column: pl.Series) -> ReadTimes:
    present = column.drop_nulls()
    if present.str.contains(r"^\d{4}[- ]?Q[1-4]$").all():
        return _from_quarters(column)
    found: dict[str, Times] = {}
    for pattern in _fitting(present.head(SAMPLE)):
        parsed = _parse(column, pattern)
        if parsed.null_count() > column.null_count():
            continue
        times = _microseconds(parsed)
        # Formats that read the same times, as with and without parts of seconds, are no choice.
        if not any(np.array_equal(times, known, equal_nan=True) for known in found.values()):
            found[pattern] = times
    if not found:
        raise _unreadable(column)
    pattern, note = _most_regular(column.name, found)
    return ReadTimes(found[pattern], TimeStyle("text", pattern), note)


def _from_quarters(column: pl.Series) -> ReadTimes:
    parts = column.str.extract_groups(r"^(\d{4})[- ]?Q([1-4])$")
    year, quarter = parts.struct.field("1"), parts.struct.field("2").cast(pl.Int32)
    text = year + "-" + (quarter * 3 - 2).cast(pl.String) + "-1"
    return ReadTimes(_microseconds(_parse(text, "%Y-%m-%d")), TimeStyle("quarter"))


def _fitting(sample: pl.Series) -> Iterable[str]:
    """The formats that fit every cell of a sample."""
    for zone in _ZONES:
        for clock in _CLOCKS:
            for date in _DATES:
                if zone and not clock:
                    continue
                if not _parse(sample, date + clock + zone).null_count():
                    yield date + clock + zone
    for month in _MONTHS:
        if not _parse(sample, month).null_count():
            yield month


def _parse(text: pl.Series, pattern: str) -> pl.Series:
    """Datetimes, null where the format does not fit; of a month its first day."""
    if pattern in _MONTHS:
        return (text + " 01").str.to_datetime(pattern + " %d", strict=False, time_unit="us")
    parsed = text.str.to_datetime(pattern, strict=False, time_unit="us", ambiguous="earliest")
    if getattr(parsed.dtype, "time_zone", None):
        return parsed.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    return parsed


def _most_regular(name: str, found: dict[str, Times]) -> tuple[str, tuple[str, ...]]:
    """Of several formats that fit, the one whose times follow each other most evenly."""
    if len(found) == 1:
        pattern = next(iter(found))
        zone = ("times were converted to UTC",) if pattern.endswith("z") else ()
        return pattern, zone
    evenness = {pattern: _evenness(times) for pattern, times in found.items()}
    first, second, *_ = sorted(evenness, key=lambda pattern: -evenness[pattern])
    if evenness[first] == evenness[second] and (found[first] != found[second]).any():
        raise DataError(
            f"times in {name!r} that could be {first} or {second}",
            "times in which day and month can be told apart",
            "write them as 2024-01-31",
        )
    return first, (f"times in {name} were read as {first}, which is more regular than {second}",)


def _evenness(times: Times) -> float:
    """The share of the steps between sorted times that are the commonest one."""
    steps = np.diff(np.unique(times[~np.isnat(times)]))
    _, counts = np.unique(steps, return_counts=True)
    return float(counts.max() / counts.sum()) if len(counts) else 0.0


def _unreadable(column: pl.Series) -> DataError:
    """Names the first cell that is no time, by the format that fits most cells."""
    patterns = [d + c for d in _DATES for c in _CLOCKS] + [*_MONTHS]
    sample = column.drop_nulls().head(SAMPLE)
    best = min(patterns, key=lambda pattern: _parse(sample, pattern).null_count())
    bad = (_parse(column, best).is_null() & column.is_not_null()).arg_true()
    row = int(bad[0])
    return DataError(
        f"{column[row]!r} in row {row + 1} of the column {column.name!r} is no time that can be "
        f"read ({len(bad):,} such cells)",
        "times such as 2024-01-31, 2024-01-31 14:00, 31/01/2024, 2024-01 or 2024Q1, all alike",
        "correct that cell, or name another column with time=/--time",
    )


def _microseconds(column: pl.Series) -> Any:
    return column.cast(pl.Datetime("us")).to_numpy().astype("datetime64[us]")
