"""Single values that stand apart from those a season before and after them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Array, Line, Places
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import number, percent

FAR = 6.0
"""Deviations (1.4826 times the median absolute deviation) that a difference must exceed."""

LEAST_PAIRS = 20
"""Differences below which their spread says little."""

FEW = 0.01
"""Up to this share of the points outliers are a note, above it a warning."""

TO_DEVIATION = 1.4826
"""The standard deviation of a normal distribution by its median absolute deviation."""


def look(subject: Subject) -> Iterator[Finding]:
    """Outliers in the sampled series."""
    scored = [(line, outliers(line.values, subject.season)) for line in subject.sampled]
    count = sum(len(places) for _, (places, _) in scored)
    if not count:
        yield Finding("outliers", Severity.OK, "no value stands far apart from its neighbours")
        return
    points = sum(len(line.values) for line in subject.sampled)
    worst = _worst(subject, scored)
    owners = sum(len(places) > 0 for _, (places, _) in scored)
    yield Finding(
        "outliers",
        Severity.NOTE if count <= FEW * points else Severity.WARNING,
        f"{number(count, 'value')} ({percent(count / points)}) {_stand(count)} more than "
        f"{FAR:g} deviations apart from those {_apart(subject.season)}, in "
        f"{number(owners, 'series')}; the farthest: {worst[0].series}, {worst[0].time} "
        f"({worst[0].size:+.0f} deviations)",
        "check them at their source; set those that are mistakes to missing, and leave real "
        "events as they are",
        worst,
        {"count": count, "share": count / points, "series": owners, "deviations": FAR},
    )


def _worst(
    subject: Subject, scored: Sequence[tuple[Line, tuple[Places, Array]]]
) -> tuple[Place, ...]:
    """The farthest of all series, the farthest first."""
    found = [
        (line, int(place), float(size))
        for line, (places, sizes) in scored
        for place, size in zip(places, sizes, strict=True)
    ]
    found.sort(key=lambda one: -abs(one[2]))
    return tuple(subject.place(*one) for one in found[:MOST_PLACES])


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"


def _apart(season: int) -> str:
    return "just before and after" if season == 1 else f"{season:,} steps before and after"


def outliers(values: Array, season: int) -> tuple[Places, Array]:
    """The values of a series that stand apart both from the one a season before and after.

    A value counts if both differences point the same way and each lies more than ``FAR`` deviations
    from the median difference, the deviation being 1.4826 times the median absolute deviation of
    all differences. A step of the level moves only one of the two. In the first and last season the
    values one and two seasons away are taken. A series most of whose differences are the same, such
    as one mostly zero, has no such spread and is not judged.

    Args:
        values: (N,), NaN where missing.
        season: In steps, 1 if there is none; of a series shorter than three seasons 1 is taken.

    Returns:
        Where they stand, and by how many deviations they stand apart, signed.
    """
    lag = season if len(values) >= 3 * season else 1
    near, far = _scores(values, lag), _scores(values, 2 * lag)
    none = np.full(lag, np.nan)
    before, after = np.r_[none, near], np.r_[-near, none]
    twice = np.full(min(2 * lag, len(values)), np.nan)
    before_last, after_next = np.r_[twice, far], np.r_[-far, twice]
    first = np.where(np.isfinite(before), before, after_next)
    second = np.where(np.isfinite(after), after, before_last)
    same = np.sign(first) == np.sign(second)
    size = np.where(same, np.fmin(np.abs(first), np.abs(second)), 0.0)
    places = _short_runs(np.flatnonzero(size > FAR))
    return places, np.asarray(size[places] * np.sign(first[places]))


def _scores(values: Array, lag: int) -> Array:
    """How many deviations each difference lies from their median, (N - lag,); NaN if unknown."""
    steps = values[lag:] - values[: max(0, len(values) - lag)]
    known = steps[np.isfinite(steps)]
    if len(known) < LEAST_PAIRS:
        return np.full(len(steps), np.nan)
    middle = np.median(known)
    deviation = TO_DEVIATION * float(np.median(np.abs(known - middle)))
    if deviation <= 1e-12 * float(np.abs(known).max()):
        return np.full(len(steps), np.nan)
    return np.asarray((steps - middle) / deviation)


def _short_runs(places: Places) -> Places:
    """Those that stand in runs of at most three: more in a row are another level."""
    if not len(places):
        return places
    run = np.cumsum(np.diff(places, prepend=places[0]) != 1)
    return np.asarray(places[np.bincount(run)[run] <= 3])
