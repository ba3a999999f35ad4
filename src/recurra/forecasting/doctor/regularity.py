"""The step between times: how regular it is, and whether all series share it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Places
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import listed, number, percent
from recurra.tables.frequency import FIXED

OTHER = 1.5
"""A series whose median gap is this many times that of the others, or less, has another step."""


FORECAST_AS_READINGS = (
    "readings such as those of a patient are forecast as they are, each by the time that passes "
    "until it; sums such as sales bring to one step (by hour, day, month) before"
)


def look(subject: Subject) -> Iterator[Finding]:
    """Frequency, times beside the grid, series of another step, and sparse ones."""
    if subject.frequency is None:
        yield _irregular(subject)
        return
    yield Finding(
        "frequency",
        Severity.OK,
        f"{subject.frequency.name}",
        figures={"frequency": subject.frequency.code},
    )
    yield from _beside(subject)
    yield from _others(subject)
    yield from _sparse(subject)


def _irregular(subject: Subject) -> Finding:
    error = subject.irregular
    gaps, _ = _gaps(subject)
    sizes, counts = np.unique(gaps, return_counts=True)
    said = error.given if error is not None else "The times follow no regular step."
    if len(sizes):
        common, share = int(sizes[counts.argmax()]), counts.max() / len(gaps)
        said += (
            f" The commonest of {number(len(sizes), 'different gap')} is "
            f"{_duration(subject, common)} ({percent(share)}), the longest "
            f"{_duration(subject, int(sizes[-1]))}."
        )
    scattered = error is not None and len(sizes) > 0
    return Finding(
        "frequency",
        Severity.WARNING if scattered else Severity.ERROR,
        said + " What follows takes the rows one after the other, whatever lies between.",
        FORECAST_AS_READINGS if scattered else "" if error is None else error.do,
        figures={"frequency": None, "gaps": len(sizes)},
    )


def _gaps(subject: Subject) -> tuple[Places, Places]:
    """The time between different times of a series, and whose each is."""
    rows, starts = subject.rows, subject.rows.starts
    gaps = np.diff(rows.times, prepend=rows.times[:1]).astype(np.int64)
    gaps[starts] = 0
    later = np.flatnonzero(gaps)
    return gaps[later], (np.searchsorted(starts, later, side="right") - 1).astype(np.int64)


def _duration(subject: Subject, size: int) -> str:
    if subject.rows.times.dtype.kind != "M":
        return number(size, "step")
    unit, length = next((unit, n) for unit, n in FIXED.items() if size >= n and unit != "week")
    count = size / length
    return number(int(count), unit) if count == int(count) else f"{count:.1f} {unit}s"


def _beside(subject: Subject) -> Iterator[Finding]:
    off = subject.grid.off
    if off:
        share = off / len(subject.rows.owners)
        yield Finding(
            "frequency",
            Severity.NOTE if share < 0.05 else Severity.WARNING,
            f"{number(off, 'time')} ({percent(share)}) beside the regular grid: moved to the "
            "nearest point of it",
            "round the times to their step before, if that is not what you want",
            figures={"beside": off},
        )


def _others(subject: Subject) -> Iterator[Finding]:
    """Series whose step is not that of the others."""
    gaps, owners = _gaps(subject)
    if not len(gaps) or len(subject.grid) < 2:
        return
    order = np.lexsort((gaps, owners))
    whose, starts, counts = np.unique(owners[order], return_index=True, return_counts=True)
    medians = gaps[order][starts + counts // 2]
    ratio = medians / np.median(medians)
    other = whose[((ratio >= OTHER) | (ratio <= 1 / OTHER)) & (counts >= 2)]
    if len(other):
        names = [subject.grid.names[owner] for owner in other]
        yield Finding(
            "frequency",
            Severity.WARNING,
            f"{number(len(other), 'series')} with another step than the rest: {listed(names)}",
            "bring all to one step (a sum or mean by day, month), or forecast them apart",
            tuple(Place(name) for name in names[:MOST_PLACES]),
            {"count": len(other)},
        )


def _sparse(subject: Subject) -> Iterator[Finding]:
    owners = np.flatnonzero(subject.grid.sparse)
    if len(owners):
        names = [subject.grid.names[owner] for owner in owners]
        yield Finding(
            "frequency",
            Severity.ERROR,
            f"{number(len(owners), 'series')} with more than half of their times missing: "
            f"{listed(names)}",
            "bring the rows to a longer step (a sum or mean by day, month), leave these series "
            "out, or write the times at which nothing happened as rows of 0",
            tuple(Place(name) for name in names[:MOST_PLACES]),
            {"count": len(owners)},
        )
