"""Hours that stand twice in autumn and are absent in spring: local times with daylight saving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import number
from recurra.tables.frequency import DAY, FIXED, Times

ZONES = {
    "Europe": "Europe/Berlin",
    "North America": "America/New_York",
    "Australia": "Australia/Sydney",
    "New Zealand": "Pacific/Auckland",
    "Chile": "America/Santiago",
}
"""A zone for each rule by which clocks are changed."""

NIGHT = 4
"""The hours of the day up to which a change is looked for; stamps may name the hour that ends."""

MOST_LOOKED = 50
"""Series whose missing times are looked at."""

Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Changes:
    """The nights on which clocks were changed by one rule, and those seen in the data.

    Attributes:
        rule: Where it holds.
        back: Nights in which an hour stands twice, that an hour stood twice in the data.
        forward: Nights in which an hour is skipped, that the data have a gap in.
        nights: All nights of the data's time on which clocks were changed.
    """

    rule: str
    back: int
    forward: int
    nights: int

    @property
    def seen(self) -> int:
        """Nights that show in the data."""
        return self.back + self.forward


def look(subject: Subject) -> Iterator[Finding]:
    """Whether duplicates and gaps fall on the nights on which clocks are changed."""
    frequency = subject.frequency
    if (
        frequency is None
        or frequency.unit not in FIXED
        or frequency.count * FIXED[frequency.unit] > DAY // 12
        or subject.rows.times.dtype.kind != "M"
    ):
        return
    twice, missing = _night_times(subject)
    found = clock_changes(twice, missing, subject.rows.times.min(), subject.rows.times.max())
    if found is None:
        return
    yield Finding(
        "daylight saving",
        Severity.WARNING,
        f"the times are local: of {number(found.nights, 'night')} on which clocks were changed in "
        f"{found.rule}, {found.back:,} have an hour twice and {found.forward:,} lack one",
        "give the times in UTC or with their offset (2024-10-27 02:00+01:00); else the double "
        "hours are averaged and the skipped ones filled",
        figures=vars(found),
    )


def _night_times(subject: Subject) -> tuple[Times, Times]:
    """Times that stand more than once in a series, and times that are absent from one."""
    grid, rows = subject.grid, subject.rows
    same = (rows.times[1:] == rows.times[:-1]) & (rows.owners[1:] == rows.owners[:-1])
    absent = [rows.times[:0]]
    for owner in np.flatnonzero(~grid.sparse)[:MOST_LOOKED]:
        places = np.flatnonzero(grid.rows_at[grid.bounds[owner] : grid.bounds[owner + 1]] == 0)
        absent.append(grid.stamp(int(owner), places))
    return np.unique(rows.times[1:][same]), np.unique(np.concatenate(absent))


def clock_changes(twice: Times, missing: Times, first: Times, last: Times) -> Changes | None:
    """The rule of clock changes that duplicates and gaps of naive times follow, if any.

    Args:
        twice: Times that stand twice, datetime64[us].
        missing: Times that are absent.
        first: The first time of all.
        last: The last.

    Returns:
        The rule whose nights show best; None if fewer than half of its nights show, or there are
        none in the data's time.
    """
    back_nights, forward_nights = _nights(twice), _nights(missing)
    best = None
    for rule, zone in ZONES.items():
        back, forward = changed_nights(zone, first, last)
        one = Changes(
            rule,
            int(np.isin(back, back_nights).sum()),
            int(np.isin(forward, forward_nights).sum()),
            len(back) + len(forward),
        )
        if one.seen and 2 * one.seen >= one.nights and (best is None or one.seen > best.seen):
            best = one
    return best


def _nights(times: Times) -> Days:
    days = times.astype("M8[D]")
    hours = (times - days).astype("m8[h]").astype(np.int64)
    return np.unique(days[hours <= NIGHT])


def changed_nights(zone: str, first: Times, last: Times) -> tuple[Days, Days]:
    """The days between two times on which clocks went back, and on which they went forward."""
    start = first.astype("M8[D]")
    days = start + np.arange(int((last.astype("M8[D]") - start).astype(np.int64)) + 2)
    noons = pl.Series(days.astype("M8[us]") + np.timedelta64(DAY // 2, "us"))
    local = noons.dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    offset = (local.dt.base_utc_offset() + local.dt.dst_offset()).dt.total_minutes().to_numpy()
    change = np.diff(offset)
    # The offset of a day's noon is that after the change of its night.
    nights: Days = days[1:-1].astype("M8[D]")
    return nights[change[:-1] < 0], nights[change[:-1] > 0]
