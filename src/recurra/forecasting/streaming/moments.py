"""The time of a single row, read as those of the table that was learned from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from recurra.forecasting.clock import Clock
from recurra.forecasting.rows import PARTS
from recurra.tables.times import EPOCHS, SECOND

Row = Mapping[str, Any]
Moment = np.datetime64 | np.int64

_ZONED = re.compile(r"(.*:\d\d(?:\.\d+)?(?: [AaPp][Mm])?) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)")
_ZONED_PATTERN = re.compile(r"(.*%(?:M|S|\.f|p)) ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)")
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])")
_UNPADDED = {"%-": "%", "%P": "%p", "%.3f": "%.f", "%.6f": "%.f"}
"""Ways of writing that a reader takes for one."""
_WEEKS = ("%G-W%V", "%GW%V")


class Moments:
    """Reads times cell by cell: one that is no time costs no other.

    A row alone does not tell 01/02 the first of February from the second of January: the format of
    the table that was learned from does. Dates written as ISO 8601 and Python's dates are read
    beside it. A time with another zone than that table had is brought to its zone.

    Args:
        clock: Of the model; its times have columns.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._names = clock.columns.time
        pattern = clock.style.pattern
        for written, read in _UNPADDED.items():
            pattern = pattern.replace(written, read)
        zoned = _ZONED_PATTERN.fullmatch(pattern) if clock.style.kind == "text" else None
        self._zone = None if zoned is None else _offset(zoned[2])
        self._pattern = pattern if zoned is None else zoned[1]

    def read(self, row: Row) -> Moment | None:
        """The time of a row, datetime64[us] or int64; None if there is none that can be read."""
        cells = [row[name] for name in self._names]
        try:
            if self._clock.frequency.unit == "step":
                return np.int64(_whole(cells[0]))
            time = self._date(cells)
        except (ValueError, TypeError, OverflowError, AttributeError):
            return None
        return np.datetime64(time, "us")

    def _date(self, cells: list[Any]) -> datetime:
        if len(cells) > 1 and self._names[0].lower() in PARTS:
            lower = [name.lower() for name in self._names]
            parts = dict(zip(lower, map(_whole, cells), strict=True))
            day = datetime(parts["year"], parts.get("month", 1), parts.get("day", 1))
            return day + timedelta(hours=parts.get("hour", 0), minutes=parts.get("minute", 0))
        cell = cells[0] if len(cells) == 1 else " ".join(map(str, cells))
        if isinstance(cell, np.datetime64):
            cell = cell.astype("M8[us]").item()
        if isinstance(cell, datetime):
            return self._local(cell)
        if isinstance(cell, date):
            return datetime(cell.year, cell.month, cell.day)
        match self._clock.style.kind:
            case "epoch":
                per_second = EPOCHS[self._clock.style.pattern]
                return datetime(1970, 1, 1) + timedelta(
                    microseconds=_whole(cell) * SECOND // per_second
                )
            case "number":
                return datetime.strptime(str(_whole(cell)), self._pattern)
        return self._text(str(cell).strip())

    def _text(self, text: str) -> datetime:
        if quarter := _QUARTER.fullmatch(text):
            return datetime(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
        zoned = _ZONED.fullmatch(text)
        body = text if zoned is None else zoned[1]
        time = _parsed(body, self._pattern) or datetime.fromisoformat(body)
        if zoned is None:
            return time
        if self._zone is not None:
            return time - _offset(zoned[2]) + self._zone
        if self._clock.style.kind == "datetime":
            return self._local(time.replace(tzinfo=UTC) - _offset(zoned[2]), body=time)
        return time

    def _local(self, time: datetime, body: datetime | None = None) -> datetime:
        """Without its zone: by the clock there for whole days and longer, else in UTC."""
        if time.tzinfo is None:
            return time
        if self._clock.frequency.unit not in {"hour", "minute", "second", "microsecond"}:
            return body or time.replace(tzinfo=None)
        return time.astimezone(UTC).replace(tzinfo=None) + (self._zone or timedelta(0))


def _parsed(text: str, pattern: str) -> datetime | None:
    """By a pattern of the fit, None if it does not fit."""
    if pattern in _WEEKS:
        text, pattern = text + "-1", pattern + "-%u"
    variants = [pattern.replace("%.f", ".%f"), pattern.replace("%.f", "")]
    for variant in dict.fromkeys(variants if pattern else ()):
        try:
            return datetime.strptime(text, variant)
        except ValueError:
            continue
    return None


def _whole(cell: Any) -> int:
    """A whole number; 3.0 and "3" are such.

    Raises:
        ValueError: If it is another.
    """
    number = int(cell)
    if not isinstance(cell, str) and number != cell:
        raise ValueError(cell)
    return number


def _offset(zone: str) -> timedelta:
    """How far a zone is ahead of UTC."""
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -ahead if zone[0] == "-" else ahead
