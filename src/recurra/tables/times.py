"""Times as users write them, read as datetimes or steps and written back the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.tables.frequency import Frequency, Times
from recurra.tables.repeats import all_match, share
from recurra.tables.time_formats import as_written, fitting, nearest, parse
from recurra.tables.values import MOSTLY, more_like_it, place

_SHAPE = r"\d[-/.: ]\d|[A-Za-z]{3,9}[- ,.]+\d|\d[- ][A-Za-z]{3}|^\d{4}M\d|^\d{4}-?W\d|^\d{4}年\d"
"""What any time written as text holds: parts with marks between them."""
_CLOCK = r"^\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: [AaPp][Mm])?$"
_NUMBER = r"^[+-]?\d*[.,]?\d+$"
_QUARTER = r"^(\d{4})([- ]?)Q([1-4])$"
_ZONE = r"^(.*:\d{2}(?:\.\d+)?)( ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))$"

EPOCHS = {"seconds": 1, "milliseconds": 10**3, "microseconds": 10**6, "nanoseconds": 10**9}
"""Units of times counted since 1970, and how many of them make a second."""
SECOND = 10**6


@dataclass(frozen=True)
class TimeStyle:
    """How the times of a table are written.

    Attributes:
        kind: ``"text"`` or ``"number"`` by ``pattern``, ``"quarter"`` as 1949Q1, ``"epoch"`` as a
            count since 1970, ``"datetime"``, ``"date"``, ``"integer"``, or ``"row"`` for rows in
            order without times, counted from 0.
        pattern: Of strftime, for text and numbers; what stands before the Q of a quarter; the unit
            of an epoch.
    """

    kind: str
    pattern: str = ""

    @property
    def counts(self) -> bool:
        """Whether times are whole numbers that count steps."""
        return self.kind in {"integer", "row"}

    def render(self, times: Times) -> pl.Series:
        """Writes times, (N,) datetime64[us] or int64."""
        column = pl.Series("ds", times)
        match self.kind:
            case "text":
                return column.dt.strftime(self.pattern)
            case "number":
                return column.dt.strftime(self.pattern).cast(pl.Int64)
            case "quarter":
                years, quarters = column.dt.year(), column.dt.quarter()
                return years.cast(pl.String) + f"{self.pattern}Q" + quarters.cast(pl.String)
            case "epoch":
                return pl.Series("ds", _rescaled(times.astype(np.int64), SECOND, self._per_second))
            case "date":
                return column.cast(pl.Date)
        return column

    @property
    def _per_second(self) -> int:
        return EPOCHS[self.pattern]

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
        times: (N,) datetime64[us], or int64; of any value where missing.
        known: (N,), False where missing.
        style: How they were written.
        notes: Guesses that were needed, a sentence each.
    """

    times: Times
    known: NDArray[np.bool_]
    style: TimeStyle
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, column: pl.Series, style: TimeStyle, *notes: str) -> Self:
        """Of naive datetimes or whole numbers, null where missing."""
        known = column.is_not_null().to_numpy()
        if column.dtype.is_integer():
            return cls(column.fill_null(0).to_numpy().astype(np.int64), known, style, notes)
        times = column.cast(pl.Datetime("us")).to_numpy().astype("datetime64[us]")
        return cls(times, known, style, notes)


def looks_like_times(column: pl.Series) -> bool:
    """Whether a column holds dates or times, by its type or the look of most of its cells."""
    if column.dtype.is_temporal():
        return column.dtype in (pl.Date, pl.Datetime)
    present = column.drop_nulls()
    if not len(present):
        return False
    numbers = _whole_numbers(column)
    if numbers is not None:
        return _date_pattern(numbers) is not None
    if column.dtype != pl.String or share(present, _NUMBER) >= MOSTLY:
        return False
    if share(present, _QUARTER) >= MOSTLY:
        return True
    return share(present, _SHAPE) >= MOSTLY and bool(fitting(without_zones(present), MOSTLY))


def looks_like_clock(column: pl.Series) -> bool:
    """Whether a column holds times of the day without a date, such as 14:30."""
    if column.dtype != pl.String:
        return column.dtype == pl.Time
    present = column.drop_nulls()
    return len(present) > 0 and share(present, _CLOCK) >= MOSTLY


def with_clock(days: pl.Series, clock: pl.Series) -> pl.Series:
    """A column of days and one of times of the day as one column of text, (N,)."""
    if days.dtype == pl.Datetime:
        days = days.cast(pl.Date)
    return (days.cast(pl.String) + " " + clock.cast(pl.String)).alias(days.name)


def read_times(column: pl.Series) -> ReadTimes:
    """Reads a column of times.

    Args:
        column: (N,) dates, datetimes, whole numbers, or text.

    Raises:
        DataError: If a cell is no time, or day and month cannot be told apart.
    """
    if column.null_count() == len(column):
        raise DataError(
            f"The column {column.name!r} holds no time: all {len(column):,} cells are empty.",
            "a time in every row",
            "fill it in, or name another column with time=/--time",
        )
    if column.dtype in (pl.Date, pl.Datetime):
        return _from_temporal(column)
    numbers = _whole_numbers(column)
    if numbers is not None:
        return _from_numbers(numbers)
    if column.dtype == pl.String:
        return _from_text(column)
    raise DataError(
        f"The column {column.name!r} of type {column.dtype} holds no times.",
        "dates, times or whole numbers",
        "name another with time=/--time",
    )


# Times with a type -----------------------------------------------------------------------------


def _from_temporal(column: pl.Series) -> ReadTimes:
    if column.dtype == pl.Date:
        return ReadTimes.of(column, TimeStyle("date"))
    zone = getattr(column.dtype, "time_zone", None)
    if zone is None:
        return ReadTimes.of(column, TimeStyle("datetime"))
    local = column.dt.replace_time_zone(None)
    utc = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    if zone == "UTC":
        return ReadTimes.of(utc, TimeStyle("datetime"), "times are given without their zone, UTC")
    if _one_clock(local):
        note = f"times are given without their zone, {zone}"
        return ReadTimes.of(local, TimeStyle("datetime"), note)
    return ReadTimes.of(utc, TimeStyle("datetime"), f"times were converted from {zone} to UTC")


def _one_clock(local: pl.Series) -> bool:
    """Whether all times are of the same hour: days and months, which summer time must not move."""
    return local.drop_nulls().dt.time().n_unique() == 1


# Times as numbers ------------------------------------------------------------------------------


def _whole_numbers(column: pl.Series) -> pl.Series | None:
    """A column as whole numbers, if it holds nothing else."""
    if column.dtype == pl.String:
        whole = all_match(column, r"^-?\d{1,18}$")
    elif column.dtype.is_float():
        column = column.fill_nan(None)
        present = column.drop_nulls()
        whole = bool((present.is_finite() & (present == present.round())).all())
    else:
        whole = column.dtype.is_integer()
    return column.cast(pl.Int64, strict=False) if whole and len(column.drop_nulls()) else None


def _from_numbers(numbers: pl.Series) -> ReadTimes:
    """Whole numbers: dates such as 20240131, counts since 1970, years, or steps."""
    if pattern := _date_pattern(numbers):
        return ReadTimes.of(parse(numbers.cast(pl.String), pattern), TimeStyle("number", pattern))
    if unit := _epoch_unit(numbers):
        counts = ReadTimes.of(numbers, TimeStyle("epoch", unit))
        times = _rescaled(counts.times, EPOCHS[unit], SECOND).astype("datetime64[us]")
        note = f"the numbers in {numbers.name} were read as {unit} since 1970"
        return ReadTimes(times, counts.known, counts.style, (note,))
    if "year" in numbers.name.lower() and bool(numbers.drop_nulls().is_between(1000, 2999).all()):
        first_days = parse(numbers.cast(pl.String) + "-01-01", "%Y-%m-%d")
        return ReadTimes.of(first_days, TimeStyle("number", "%Y"))
    return ReadTimes.of(numbers, TimeStyle("integer"))


def _date_pattern(numbers: pl.Series) -> str | None:
    """``%Y%m%d`` or ``%Y%m`` if all numbers are such dates of the years 1000 to 2999."""
    present = numbers.drop_nulls()
    for pattern, least, end in (("%Y%m%d", 10_000_000, 30_000_000), ("%Y%m", 100_000, 300_000)):
        if bool(present.is_between(least, end, closed="left").all()):
            return None if parse(present.cast(pl.String), pattern).null_count() else pattern
    return None


def _epoch_unit(numbers: pl.Series) -> str | None:
    """The unit in which all numbers are times of the years 2001 to 2128."""
    present = numbers.drop_nulls()
    return next(
        (
            unit
            for unit, per_second in EPOCHS.items()
            if bool(present.is_between(10**9 * per_second, 5 * 10**9 * per_second - 1).all())
        ),
        None,
    )


def _rescaled(counts: NDArray[np.int64], old: int, new: int) -> NDArray[np.int64]:
    """Counts of 1/old seconds as counts of 1/new seconds; products stay within 64 bits."""
    return np.asarray(counts // old * new + counts % old * new // old)


# Times as text ---------------------------------------------------------------------------------


def _from_text(column: pl.Series) -> ReadTimes:
    if bool(column.drop_nulls().str.contains(_QUARTER).all()):
        return _from_quarters(column)
    bodies = without_zones(column)
    found = readings(bodies)
    if not found:
        raise _unreadable(column)
    pattern, notes = _most_regular(column, found)
    times = found[pattern]
    known = column.is_not_null()
    style = as_written(bodies.filter(known), times.filter(known), pattern)
    zones = column.str.extract(_ZONE, 2).filter(known)
    if zones.n_unique() == 1:
        return ReadTimes.of(times, TimeStyle("text", style + (zones[0] or "")), *notes)
    if _one_clock(times):
        note = "times are given without their zones, which differ"
        return ReadTimes.of(times, TimeStyle("text", style), *notes, note)
    utc = times - _offsets(column)
    note = "times were converted to UTC"
    return ReadTimes.of(utc, TimeStyle("text", style + "+00:00"), *notes, note)


def without_zones(column: pl.Series) -> pl.Series:
    """A column of text without the zones behind its times, such as Z or +01:00."""
    return column.str.replace(_ZONE, "${1}")


def _offsets(column: pl.Series) -> pl.Series:
    """How far the written zones are ahead of UTC; a time without one is taken as UTC."""
    parts = column.str.extract_groups(r"([+-])(\d{2}):?(\d{2})?$").struct
    sign = pl.Series(np.where((parts.field("1") == "-").fill_null(False).to_numpy(), -1, 1))
    hours, minutes = (parts.field(name).cast(pl.Int64).fill_null(0) for name in ("2", "3"))
    return (sign * (hours * 60 + minutes) * 60 * SECOND).cast(pl.Duration("us"))


def _from_quarters(column: pl.Series) -> ReadTimes:
    parts = column.str.extract_groups(_QUARTER).struct
    month = (parts.field("3").cast(pl.Int32) * 3 - 2).cast(pl.String)
    times = parse(parts.field("1") + "-" + month + "-1", "%Y-%m-%d")
    return ReadTimes.of(times, TimeStyle("quarter", parts.field("2").drop_nulls()[0]))


def readings(text: pl.Series) -> dict[str, pl.Series]:
    """The different times that a column may mean, by the format that reads them so.

    Args:
        text: (N,), null where missing.

    Returns:
        (N,) datetimes for each format of :data:`~recurra.tables.time_formats.FORMATS` that fits all
        cells and reads them in its own way; none if no format does.
    """
    found: dict[str, pl.Series] = {}
    for pattern in fitting(text.drop_nulls(), 1.0):
        times = parse(text, pattern)
        # Formats that read the same times, as with and without parts of seconds, are no choice.
        if times.null_count() == text.null_count() and not any(
            times.equals(known) for known in found.values()
        ):
            found[pattern] = times
    # 01/02/24 could be the year 1; it only is where nothing else fits.
    likely = {
        pattern: times
        for pattern, times in found.items()
        if bool(times.drop_nulls().dt.year().is_between(1000, 2999).all())
    }
    return likely or found


def _most_regular(column: pl.Series, found: dict[str, pl.Series]) -> tuple[str, tuple[str, ...]]:
    """Of several readings the one whose times fill their grid best."""
    if len(found) == 1:
        return next(iter(found)), ()
    filled = {pattern: _filled(times) for pattern, times in found.items()}
    first, second, *_ = sorted(filled, key=lambda pattern: -filled[pattern])
    row = int((found[first] != found[second]).arg_true()[0])
    cell, this, that = column[row], found[first][row].date(), found[second][row].date()
    if filled[first] == filled[second]:
        raise DataError(
            f"The times in {column.name!r} can be read in two ways: {cell!r} could be "
            f"{this} or {that}.",
            "times in which day and month can be told apart",
            f"write them as {this} or {that}, whichever is meant",
        )
    note = (
        f"times in {column.name}: {cell} was read as {this}, "
        f"since {that} would leave more of them missing"
    )
    return first, (note,)


def _filled(times: pl.Series) -> float:
    """The share of the grid from the first to the last time that has a time; 0 without a grid."""
    instants = np.unique(ReadTimes.of(times.drop_nulls(), TimeStyle("datetime")).times)
    try:
        frequency = Frequency.infer(instants)
    except DataError:
        return 0.0
    places = frequency.positions(instants, instants[0])
    return len(np.unique(places)) / (int(places[-1]) + 1)


def _unreadable(column: pl.Series) -> DataError:
    """Names the first cell that is no time, by the format that fits most cells."""
    bodies = without_zones(column)
    bad = (parse(bodies, nearest(bodies.drop_nulls())).is_null() & column.is_not_null()).arg_true()
    row = int(bad[0])
    alike = "no time like the others" if len(bad) < int(column.is_not_null().sum()) else "no time"
    return DataError(
        f"Column {column.name!r} holds {column[row]!r} in {place(row)}, "
        f"which is {alike}{more_like_it(len(bad))}.",
        "times such as 2024-01-31, 2024-01-31 14:00, 31/01/2024, 2024-01 or 2024Q1, all alike",
        "correct or empty that cell, or name another column with time=/--time (time='' takes the "
        "rows in their order)",
    )
