"""Rows of one series at one time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Places
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import number


def look(subject: Subject) -> Iterator[Finding]:
    """Rows that repeat a time, with the same value and with another."""
    rows = subject.rows
    same = (rows.times[1:] == rows.times[:-1]) & (rows.owners[1:] == rows.owners[:-1])
    again = np.flatnonzero(same) + 1
    if not len(again):
        yield Finding("duplicates", Severity.OK, "no time stands twice in a series")
        return
    other = rows.values[again] != rows.values[again - 1]
    other &= np.isfinite(rows.values[again]) | np.isfinite(rows.values[again - 1])
    differ = int(other.sum())
    places = _places(subject, np.concatenate([again[other], again[~other]])[:MOST_PLACES])
    yield Finding(
        "duplicates",
        Severity.WARNING if differ else Severity.NOTE,
        f"{number(len(again), 'row')} that {'repeats' if len(again) == 1 else 'repeat'} a time of "
        f"the same series, {differ:,} of them with another value; the first: {places[0].series}, "
        f"{places[0].time}",
        "keep one row a time, or add them up if they are parts of one whole; otherwise they are "
        "averaged",
        places,
        {"count": len(again), "differ": differ},
    )


def _places(subject: Subject, chosen: Places) -> tuple[Place, ...]:
    """The series and times of some rows."""
    owners = np.searchsorted(subject.rows.starts, chosen, side="right") - 1
    times = subject.style.render(subject.rows.times[chosen])
    names = [subject.grid.names[int(owner)] for owner in owners]
    return tuple(Place(name, str(time)) for name, time in zip(names, times, strict=True))
