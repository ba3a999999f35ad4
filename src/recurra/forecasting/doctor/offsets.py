"""Zones that are written behind times, and whether they are one."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import joined, number
from recurra.tables.zones import OFFSET


def look(subject: Subject) -> Iterator[Finding]:
    """A finding where times carry zones."""
    if len(subject.columns.time) != 1:
        return
    column = subject.table[subject.columns.time[0]]
    if column.dtype != pl.String:
        return
    zones = column.drop_nulls().str.extract(OFFSET, 1)
    offsets = zones.replace_strict(
        {zone: offset(zone) for zone in zones.drop_nulls().unique()},
        default=None,
        return_dtype=pl.Int64,
    )
    bare, found = offsets.null_count(), sorted(offsets.drop_nulls().unique().to_list())
    if found:
        utc = any("converted to UTC" in note for note in subject.notes)
        became = "they were converted to UTC" if utc else "they are taken as local times"
        yield _mixed(found, bare, len(offsets)) if bare else _of_all(found, became)


def offset(zone: str) -> int:
    """Minutes ahead of UTC: +01:00, +0100 and +01 are 60; Z, UTC and GMT are 0."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if zone[0] == "-" else minutes


def written(minutes: int) -> str:
    """Minutes ahead of UTC as an offset: 60 is +01:00, -210 is -03:30."""
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _mixed(found: list[int], bare: int, count: int) -> Finding:
    """Where some times carry a zone and some do not."""
    shown = joined([written(minutes) for minutes in found])
    return Finding(
        "time zones",
        Severity.WARNING,
        f"{bare:,} of {number(count, 'time')} carry no zone, the others {shown}; those without "
        "were taken as UTC",
        "write the zone behind every time, or behind none",
        figures={"offsets_minutes": found, "without": bare},
    )


def _of_all(found: list[int], became: str) -> Finding:
    """Where every time carries a zone."""
    shown = joined([written(minutes) for minutes in found])
    figures = {"offsets_minutes": found, "without": 0}
    if len(found) == 1:
        return Finding("time zones", Severity.OK, f"all times are at {shown}", figures=figures)
    if len(found) == 2 and found[1] - found[0] == 60:
        said = f"times at {shown}, as summer and winter time of one zone; {became}"
        do = (
            "a daily season moves by an hour in UTC when clocks change; if people make your "
            "series, local time may serve better"
        )
        return Finding("time zones", Severity.NOTE, said, do, figures=figures)
    said = f"times of {number(len(found), 'different zone')}: {shown}; {became}"
    do = "if each series keeps its own clock, write local times, so that days begin together"
    return Finding("time zones", Severity.WARNING, said, do, figures=figures)
