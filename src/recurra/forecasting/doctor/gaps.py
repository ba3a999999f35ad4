"""Times that are absent, and values that are missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Places
from recurra.forecasting.doctor.subject import LARGEST, Subject
from recurra.forecasting.doctor.wording import number, percent
from recurra.tables.values import numbers

MUCH = 0.05
"""From this share of missing points on the finding is a warning."""

LONG = 0.1
"""So is a single gap of this share of its series."""


def look(subject: Subject) -> Iterator[Finding]:
    """Missing times, missing values, and infinite ones."""
    grid = subject.grid
    within = _within(subject)
    absent = within & (grid.rows_at == 0)
    empty = within & (grid.rows_at > 0) & ~np.isfinite(grid.values)
    yield _finding(subject, "gaps", "missing time", absent, int(within.sum()))
    yield _finding(subject, "missing values", "missing value", empty, int(within.sum()))
    beyond = _beyond(subject)
    if beyond:
        yield Finding(
            "missing values",
            Severity.WARNING,
            f"{number(beyond, 'value')} infinite or beyond {LARGEST:g}, taken as missing",
            "look for a division by zero where they were computed",
            figures={"infinite": beyond},
        )


def _beyond(subject: Subject) -> int:
    """How many values of the target are too large: only among missing ones can there be any."""
    if np.isfinite(subject.rows.values).all():
        return 0
    values, _ = numbers(subject.table[subject.columns.target])
    return int((np.abs(values[subject.rows.places]) > LARGEST).sum())


def _within(subject: Subject) -> NDArray[np.bool_]:
    """The places from the first to the last value of each series, (M,)."""
    begin, end = subject.grid.known
    edges = np.zeros(len(subject.grid.values) + 1, np.int64)
    np.add.at(edges, begin, 1)
    np.add.at(edges, end, -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _finding(
    subject: Subject, check: str, thing: str, lost: NDArray[np.bool_], count: int
) -> Finding:
    total = int(lost.sum())
    if not total:
        return Finding(check, Severity.OK, f"no {thing}", figures={"count": 0, "share": 0.0})
    begins, lengths = runs(lost, subject.grid.bounds)
    longest = np.argsort(-lengths, kind="stable")[:MOST_PLACES]
    places = tuple(_place(subject, int(begins[one]), int(lengths[one])) for one in longest)
    owner = int(np.searchsorted(subject.grid.bounds, begins[longest[0]], side="right")) - 1
    long = lengths[longest[0]] >= LONG * subject.grid.lengths[owner]
    share = total / count
    return Finding(
        check,
        Severity.WARNING if share >= MUCH or long else Severity.NOTE,
        f"{number(total, thing)} ({percent(share)}) in {number(len(begins), 'place')}; the longest "
        f"{number(int(lengths[longest[0]]), 'step')}, {places[0].series} from {places[0].time}",
        "they are filled with the value before and never scored; fill them yourself if you know "
        "better, such as by 0 where nothing happened",
        places,
        {"count": total, "share": share, "places": len(begins), "longest": int(lengths.max())},
    )


def runs(marks: NDArray[np.bool_], bounds: Places) -> tuple[Places, Places]:
    """Where runs of marks begin, and how long they are; a run ends where its series does."""
    before = np.r_[False, marks[:-1]]
    inner = bounds[(bounds > 0) & (bounds < len(marks))]
    before[inner] = False
    after = np.r_[marks[1:], False]
    after[inner - 1] = False
    begins = np.flatnonzero(marks & ~before)
    ends = np.flatnonzero(marks & ~after) + 1
    return begins, ends - begins


def _place(subject: Subject, flat: int, length: int) -> Place:
    bounds = subject.grid.bounds
    owner = int(np.searchsorted(bounds, flat, side="right")) - 1
    time = subject.time(owner, flat - int(bounds[owner]))
    return Place(subject.grid.names[owner], time, float(length))
