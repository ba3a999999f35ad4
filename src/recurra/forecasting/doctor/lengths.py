"""How many series there are, how long they are, and which end before the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Places
from recurra.forecasting.doctor.subject import SHORTEST, Subject
from recurra.forecasting.doctor.wording import number, percent
from recurra.tables.frequency import Times

EARLY = 0.05
"""A series that ends this share of the panel's span before its end ends early."""

EARLY_STEPS = 3
"""And by at least so many steps."""


def look(subject: Subject) -> Iterator[Finding]:
    """Number and lengths; series without values, too short for anything, and ended early."""
    lengths = subject.grid.lengths
    yield _count(subject, lengths)
    for chosen, what, do in (
        (lengths == 0, "without a single value", "leave them out, or find their values"),
        (
            (lengths > 0) & (lengths < SHORTEST),
            f"of fewer than {SHORTEST} points",
            "leave them out, or give more of their history",
        ),
    ):
        if chosen.any():
            owners = np.flatnonzero(chosen)
            yield Finding(
                "lengths",
                Severity.WARNING,
                f"{number(len(owners), 'series')} {what}",
                do,
                tuple(Place(subject.grid.names[owner]) for owner in owners[:MOST_PLACES]),
                {"count": len(owners)},
            )
    yield from _early(subject)


def _count(subject: Subject, lengths: Places) -> Finding:
    figures = {
        "series": len(lengths),
        "rows": len(subject.rows.owners),
        "shortest": int(lengths.min()),
        "median": int(np.median(lengths)),
        "longest": int(lengths.max()),
    }
    if len(lengths) == 1:
        said = f"1 series of {number(int(lengths[0]), 'point')}"
    elif lengths.min() == lengths.max():
        said = f"{len(lengths):,} series of {number(int(lengths[0]), 'point')} each"
    else:
        said = (
            f"{len(lengths):,} series of {lengths.min():,} to {lengths.max():,} points, "
            f"{int(np.median(lengths)):,} at the median"
        )
    return Finding("lengths", Severity.OK, said, figures=figures)


def _early(subject: Subject) -> Iterator[Finding]:
    """Series that end well before the last of them."""
    grid, frequency = subject.grid, subject.frequency
    usable = np.flatnonzero(grid.lengths > 0)
    if len(usable) < 2 or frequency is None or subject.style.kind == "row":
        return
    ends = last_times(subject)[usable]
    firsts = subject.rows.times[subject.rows.starts][usable]
    span = int(frequency.positions(ends.max().reshape(1), firsts.min())[0])
    missing = frequency.positions(np.broadcast_to(ends.max(), ends.shape), ends)
    early = missing >= max(EARLY_STEPS, EARLY * span)
    if early.any():
        worst = np.flatnonzero(early)[np.argsort(-missing[early], kind="stable")]
        times = subject.style.render(ends[worst[:MOST_PLACES]])
        names = [grid.names[usable[one]] for one in worst[:MOST_PLACES]]
        places = tuple(Place(name, str(t)) for name, t in zip(names, times, strict=True))
        last = str(subject.style.render(ends.max().reshape(1))[0])
        yield _ended(places, len(worst), len(usable), last, counted=frequency.unit == "step")


def _ended(places: tuple[Place, ...], count: int, of: int, last: str, *, counted: bool) -> Finding:
    # Steps that are counted from each series' own start say nothing of when it ended.
    return Finding(
        "ended early",
        Severity.NOTE if counted else Severity.WARNING,
        f"{number(count, 'series')} ({percent(count / of)}) {'ends' if count == 1 else 'end'} "
        f"before the others do, the first of them {places[0].series}, at {places[0].time}; the "
        f"last end at {last}",
        "leave those out that are closed for good, or their forecasts begin in the past",
        places,
        {"count": count},
    )


def last_times(subject: Subject) -> Times:
    """The time of the last value of each series, (S,); of one without values its first time."""
    rows = subject.rows
    known = np.where(np.isfinite(rows.values), np.arange(len(rows.values)), 0)
    return np.asarray(rows.times[np.maximum(np.maximum.reduceat(known, rows.starts), rows.starts)])
