"""Series that do not move: all through, for long, or at their end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Array, Places
from recurra.forecasting.doctor.subject import SHORTEST, Subject
from recurra.forecasting.doctor.wording import listed, number

LEAST = 8
"""Equal values in a row below which nobody wonders."""

MUCH = 0.02
"""A run of this share of its series is a warning."""

CHANCE = 0.001
"""How rarely chance may make a run so long, in any of all series."""

DOUBT = 3.0
"""Standard errors by which a series may stay more often than was seen."""


def look(subject: Subject) -> Iterator[Finding]:
    """Constant series, and runs of one value longer than the series' own habit explains."""
    constant = _constant(subject)
    if constant.any():
        yield _all_through(subject, np.flatnonzero(constant))
    stuck = _stuck(subject, constant)
    if stuck:
        yield _for_long(subject, stuck)
    elif not constant.any():
        yield Finding("standstill", Severity.OK, "no series stands still for long")


def _constant(subject: Subject) -> NDArray[np.bool_]:
    grid = subject.grid
    begin, end = grid.known
    inner = np.append(begin, len(grid.values))
    edges = np.ravel(np.column_stack([begin, np.maximum(end, begin)]))
    values = np.append(grid.values, np.nan)
    low = np.fmin.reduceat(values, np.minimum(edges, inner[-1]))[::2]
    high = np.fmax.reduceat(values, np.minimum(edges, inner[-1]))[::2]
    return np.asarray((low == high) & (grid.lengths >= SHORTEST))


def _all_through(subject: Subject, owners: Places) -> Finding:
    names = [subject.grid.names[owner] for owner in owners]
    return Finding(
        "standstill",
        Severity.WARNING,
        f"{number(len(owners), 'series')} constant from first to last: {listed(names)}",
        "leave them out: there is nothing to learn, and the last value is their forecast",
        tuple(Place(name) for name in names[:MOST_PLACES]),
        {"constant": len(owners)},
    )


def _stuck(subject: Subject, constant: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Series, place and length of the longest run of each series that stands out, longest first."""
    grid = subject.grid
    begins, lengths, owners = _runs(grid.values, grid.bounds)
    order = np.lexsort((-lengths, owners))
    _, firsts = np.unique(owners[order], return_index=True)
    longest = order[firsts]
    longest = longest[(lengths[longest] >= LEAST) & ~constant[owners[longest]]]
    found = []
    for one in longest:
        own = slice(*np.searchsorted(owners, [owners[one], owners[one] + 1]))
        others = _others(grid.values[begins[own]], lengths[own])
        if chance(others, int(lengths[one])) < CHANCE / len(grid):
            owner = int(owners[one])
            found.append((owner, int(begins[one] - grid.bounds[owner]), int(lengths[one])))
    return sorted(found, key=lambda one: -one[2])


def _runs(values: Array, bounds: Places) -> tuple[Places, Places, Places]:
    """Where runs of one value begin, their lengths, and whose they are; missing ones cut runs."""
    change = np.ones(len(values) + 1, bool)
    change[1:-1] = values[1:] != values[:-1]  # NaN differs from itself.
    change[bounds] = True
    begins = np.flatnonzero(change[:-1])
    lengths = np.diff(np.append(begins, len(values)))
    known = np.isfinite(values[begins])
    owners = np.searchsorted(bounds, begins, side="right") - 1
    return begins[known], lengths[known], owners[known]


def _others(values: Array, lengths: Places) -> Places:
    """The lengths of the other runs, of the same value if it is the one that runs most often.

    A habit such as staying at zero is one of that value alone; of a value that comes seldom the
    others must tell how the series stays.
    """
    longest = int(lengths.argmax())
    same = values == values[longest]
    _, counts = np.unique(values, return_counts=True)
    chosen = same if 1 < same.sum() == counts.max() else np.ones(len(values), bool)
    chosen[longest] = False
    return np.asarray(lengths[chosen])


def chance(others: Places, length: int) -> float:
    """A bound on the probability that one of a series' runs would by chance be as long.

    A run of a value that stays from one step to the next with the probability p is as long as L
    with the probability p^(L - 1), so that one of R is with at most R times that. For p the upper
    end of Wilson's interval (1927) of three standard errors is taken, from the other runs.

    Args:
        others: (R - 1,), the lengths of the other runs.
        length: L, of the run in question.
    """
    steps = int(others.sum())
    stay = (steps - len(others)) / max(steps, 1)
    square = DOUBT**2
    spread = DOUBT * np.sqrt(stay * (1 - stay) * steps + square / 4)
    most = (stay * steps + square / 2 + spread) / (steps + square)
    return float((len(others) + 1) * most ** (length - 1))


def _for_long(subject: Subject, stuck: list[tuple[int, int, int]]) -> Finding:
    grid = subject.grid
    ends = grid.known[1] - grid.bounds[:-1]
    dead = [one for one in stuck if one[1] + one[2] >= ends[one[0]]]
    places = tuple(
        Place(grid.names[owner], subject.time(owner, place), float(length))
        for owner, place, length in stuck[:MOST_PLACES]
    )
    worst = places[0]
    said = (
        f"{number(len(stuck), 'series')} with a longer run of one value than chance explains; the "
        f"longest: {worst.series}, {stuck[0][2]:,} steps from {worst.time}"
    )
    if dead:
        names = [grid.names[owner] for owner, *_ in dead]
        said += f"; {number(len(dead), 'series')} so to the end: {listed(names)}"
    do = "set runs of a sensor that hung to missing; leave out series that have ended"
    figures = {"stuck": len(stuck), "dead": len(dead), "longest": stuck[0][2]}
    much = any(length >= MUCH * grid.lengths[owner] for owner, _, length in stuck)
    severity = Severity.WARNING if dead or much else Severity.NOTE
    return Finding("standstill", severity, said, do, places, figures)
