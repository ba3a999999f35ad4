"""The time zone in which the times of a table are written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any, Self

import numpy as np
import polars as pl

from recurra.errors import DataError
from recurra.tables.frequency import Times
from recurra.tables.times import TimeStyle
from recurra.tables.values import more_like_it, place

OFFSET = r":\d{2}(?:\.\d+)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
"""What stands behind a clock time to say its zone."""

VARIOUS = "several offsets"
"""The zone of text such as 2024-03-30 12:00+01:00 and 2024-04-01 12:00+02:00 in one column."""


@dataclass(frozen=True)
class Zone:
    """A time zone, and what became of it when times were read.

    Attributes:
        name: ``"Europe/Berlin"``, ``"UTC"``, an offset such as ``"+01:00"``, ``"several offsets"``,
            or ``""`` for none.
        to_utc: Whether the times were converted to UTC; if not, they are those of the zone's clock.
    """

    name: str = ""
    to_utc: bool = False

    @classmethod
    def of(cls, column: pl.Series, row: int, time: Any, style: TimeStyle) -> Self:
        """The zone of a column.

        Args:
            column: (R,) as the table has it.
            row: One that has a time.
            time: That time as it was read, datetime64[us] or int64.
            style: How the column was read.
        """
        name = name_of(column)
        if column.dtype == pl.String:
            return cls(name, name == VARIOUS and style.pattern.endswith("+00:00"))
        if name in {"", "UTC"}:
            return cls(name)
        utc = column[row].astimezone(UTC).replace(tzinfo=None)
        return cls(name, bool(np.datetime64(utc, "us") == time))

    def local(self, times: Times) -> Times:
        """Times as the clock in this zone shows them, (N,) datetime64[us].

        Times in UTC of which only offsets are known stay as they are.
        """
        if not self.to_utc or "/" not in self.name:
            return times
        utc = pl.Series(times).dt.replace_time_zone("UTC")
        local = utc.dt.convert_time_zone(self.name).dt.replace_time_zone(None)
        return local.to_numpy().astype("datetime64[us]")

    def __str__(self) -> str:
        return self.name or "no time zone"

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "to_utc": self.to_utc}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        return cls(str(data["name"]), bool(data["to_utc"]))


def check_zoned(column: pl.Series) -> None:
    """Raises a DataError if some times of a column of text carry a zone and others none."""
    if column.dtype != pl.String or name_of(column) != VARIOUS:
        return
    zones = column.str.extract(OFFSET, 1)
    bare = (zones.is_null() & column.is_not_null()).arg_true()
    if len(bare):
        row, zoned = int(bare[0]), int(zones.is_not_null().arg_true()[0])
        raise DataError(
            f"Column {column.name!r} holds {column[row]!r} without a time zone in {place(row)}"
            f"{more_like_it(len(bare))}, and {column[zoned]!r} with one.",
            "the zone behind every time, or behind none",
            "add the zone where it lacks, or take it away where all are of one clock",
        )


def name_of(column: pl.Series) -> str:
    """The name of a column's zone, as ``Zone.name``."""
    if column.dtype == pl.String:
        return _written(column)
    return str(getattr(column.dtype, "time_zone", None) or "")


def _written(column: pl.Series) -> str:
    """The zone behind the times of a column of text; that of rows without one is none."""
    present = column.drop_nulls()
    found = [_plain(zone) for zone in present.str.extract(OFFSET, 1).unique().to_list()]
    different = sorted(set(found))
    return different[0] if len(different) == 1 else VARIOUS if different else ""


def _plain(zone: str | None) -> str:
    """One name for what is one zone: Z, GMT and +00:00 are UTC, +0100 is +01:00."""
    if zone is None:
        return ""
    if zone in {"Z", "UTC", "GMT"}:
        return "UTC"
    sign, digits = zone[0], zone[1:].replace(":", "").ljust(4, "0")
    return "UTC" if digits == "0000" else f"{sign}{digits[:2]}:{digits[2:]}"
