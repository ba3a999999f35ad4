"""Times of a few rows, read as those of the table that was learned from."""

from __future__ import annotations

import numpy as np
import polars as pl

from recurra.errors import DataError
from recurra.tables.time_formats import parse
from recurra.tables.times import ReadTimes, TimeStyle, read_times
from recurra.tables.values import more_like_it, place
from recurra.tables.zones import OFFSET, VARIOUS, Zone, name_of

_UNPADDED = {"%-": "%", "%P": "%p", "%.3f": "%.f", "%.6f": "%.f"}
"""Ways of writing that a reader takes for one."""


def times_like(column: pl.Series, style: TimeStyle, zone: Zone, notes: list[str]) -> ReadTimes:
    """Reads times in the format and time zone of the rows that were learned from.

    A few rows alone do not tell 01/02 the first of February from the second of January, nor
    whether a zone's times were brought to UTC.

    Args:
        column: (R,) of the same name.
        style: How the times learned from are written.
        zone: In which zone.
        notes: Takes a sentence if times without a zone are taken for those of the zone.

    Raises:
        DataError: If a cell is no such time, or the zone is another.
    """
    _check_zone(column, zone, notes)
    if column.dtype == pl.Datetime and name_of(column):
        there = column.dt.convert_time_zone("UTC") if zone.to_utc else column
        return ReadTimes.of(there.dt.replace_time_zone(None), style)
    if column.dtype != pl.String or style.kind != "text":
        return read_times(column)
    return ReadTimes.of(_parsed(column, style, zone), style)


def _parsed(column: pl.Series, style: TimeStyle, zone: Zone) -> pl.Series:
    pattern = style.pattern
    for written, read in _UNPADDED.items():
        pattern = pattern.replace(written, read)
    clock = pattern.find("%M")
    pattern = _without_zone(pattern) if clock >= 0 else pattern
    times = parse(column.str.replace(OFFSET_AND_BEFORE, "${1}"), pattern)
    bad = (times.is_null() & column.is_not_null()).arg_true()
    if len(bad):
        row = int(bad[0])
        example = style.render(np.array(["2024-01-31T14:00"], "M8[us]"))[0]
        raise DataError(
            f"Column {column.name!r} of future= holds {column[row]!r} in {place(row)}"
            f"{more_like_it(len(bad))}.",
            f"times written as in the data that were fitted, such as {example}",
            "write them so, or give a column of dates or datetimes instead of text",
        )
    return times - _offsets(column) if zone.to_utc else times


OFFSET_AND_BEFORE = r"^(.*:\d{2}(?:\.\d+)?)( ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))$"


def _without_zone(pattern: str) -> str:
    """A format without the zone that all its times have."""
    last = max(pattern.rfind(field) for field in ("%M", "%S", "%.f", "%p"))
    end = last + (3 if pattern[last:].startswith("%.f") else 2)
    return pattern[:end]


def _offsets(column: pl.Series) -> pl.Series:
    """How far written offsets are ahead of UTC."""
    zone = column.str.extract(OFFSET, 1)
    parts = zone.str.extract_groups(r"([+-])(\d{2}):?(\d{2})?").struct
    hours, minutes = (parts.field(name).cast(pl.Int64).fill_null(0) for name in ("2", "3"))
    sign = pl.Series(np.where((parts.field("1") == "-").fill_null(False).to_numpy(), -1, 1))
    return (sign * (hours * 60 + minutes) * 60_000_000).cast(pl.Duration("us"))


def _check_zone(column: pl.Series, zone: Zone, notes: list[str]) -> None:
    given = name_of(column)
    if given == zone.name or (zone.name == VARIOUS and given and zone.to_utc):
        return
    if not given and not zone.to_utc:
        notes.append(f"times of future= have no time zone: read as those in {zone}")
        return
    if zone.name == VARIOUS and not zone.to_utc:
        return
    raise DataError(
        f"The times in {column.name!r} of future= have {_called(given)}.",
        f"{_called(zone.name)}, as in the data that were fitted",
        f"bring them to {zone.name}"
        if zone.name
        else "bring them to the clock of those data, and leave the zone away",
    )


def _called(name: str) -> str:
    return f"the time zone {name}" if "/" in name or name == "UTC" else name or "no time zone"
