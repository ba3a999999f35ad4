"""Steps of the level that stay."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import polars as pl

from recurra.forecasting.doctor.demand import kind
from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Severity
from recurra.forecasting.doctor.grid import Array, Line
from recurra.forecasting.doctor.outliers import TO_DEVIATION
from recurra.forecasting.doctor.seasons import deseasonalized
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import number

FALSE_ALARMS = 0.01
"""The probability that a step is seen in any of so many series that have none."""

WINDOWS = 24
"""A window is this part of the series, where no season asks for a longer one."""

SHORTEST_WINDOW = 8
FEWEST_WINDOWS = 6
"""Windows that a series must hold, or the spread of their differences is not known."""

SHARP = 0.6
"""The share of the step that must happen at once."""

LARGE = 1.0
"""A step of this many deviations of the series around its levels is a warning."""


@dataclass(frozen=True)
class Shift:
    """A step of the level.

    Attributes:
        place: The first point of the new level.
        size: How much higher the new level is, in the unit of the series.
        score: By how many deviations the difference of the two windows stands out.
        share: The size, by the deviation of the series around its two levels.
    """

    place: int
    size: float
    score: float
    share: float


def look(subject: Subject) -> Iterator[Finding]:
    """Level shifts in the sampled series."""
    found = [(line, shift) for line in subject.sampled for shift in shifts_of(subject, line)]
    if not found:
        yield Finding("level shifts", Severity.OK, "no lasting step of the level was found")
        return
    found.sort(key=lambda one: -one[1].score)
    places = tuple(
        subject.place(line, shift.place, shift.size) for line, shift in found[:MOST_PLACES]
    )
    owners = len({line.number for line, _ in found})
    large = max(shift.share for _, shift in found) >= LARGE
    yield Finding(
        "level shifts",
        Severity.WARNING if large else Severity.NOTE,
        f"{number(len(found), 'lasting step')} of the level in {number(owners, 'series')}; the "
        f"clearest: {places[0].series}, {places[0].time}, by {places[0].size:+.4g}",
        "if the cause is known, add a column that is 0 before and 1 after it; else consider to "
        "leave out what lies before the last step",
        places,
        {"count": len(found), "series": owners, "false_alarms": FALSE_ALARMS},
    )


def shifts_of(subject: Subject, line: Line) -> list[Shift]:
    """The lasting steps of a sampled line; of one that is mostly zero, whose level is 0, none."""
    if kind(line.values) in {"intermittent", "lumpy"}:
        return []
    seasons = [season.length for season in subject.seasons]
    return level_shifts(line.filled, seasons, among=len(subject.sampled))


def level_shifts(values: Array, seasons: Sequence[int], among: int = 1) -> list[Shift]:
    """The lasting steps of a series' level.

    Seasons are taken away. At each point the median of a window after it is compared with that of
    the window before. The differences along the series are their own yardstick: a step counts if
    one lies so many deviations (by their median absolute deviation) from their median that a series
    without steps, noise or a random walk, reaches it with probability ``FALSE_ALARMS`` (a bound by
    Bonferroni over the windows, under normal differences), and if most of it happens at once rather
    than over the window. A random walk's level moves all the time, and so does its yardstick; an
    even trend is the median difference. A step that is undone within three windows is left out.

    Args:
        values: (N,), finite.
        seasons: Their lengths in steps.
        among: How many series are searched in all, for which the probability holds together.

    Returns:
        In the order of time, at least a window apart.
    """
    width = _width(len(values), seasons)
    if len(values) < FEWEST_WINDOWS * width:
        return []
    rest = deseasonalized(values, seasons)
    scores = _scores(_differences(rest, width))
    least = _least(len(values) / width, among)
    found = []
    while len(scores) and np.abs(scores).max() > least:
        top = int(np.abs(scores).argmax())
        shift = _located(rest, top + width, width, float(scores[top]))
        if shift is not None:
            found.append(shift)
        scores[max(0, top - width) : top + width + 1] = 0.0
    return _lasting(sorted(found, key=lambda shift: shift.place), width)


def _lasting(found: list[Shift], width: int) -> list[Shift]:
    """Those that are not undone within three windows, as a pause of work is."""
    kept: list[Shift] = []
    for shift in found:
        before = kept[-1] if kept else None
        if before is not None and _undone(before, shift, width):
            kept.pop()
        else:
            kept.append(shift)
    return kept


def _undone(before: Shift, after: Shift, width: int) -> bool:
    largest = max(abs(before.size), abs(after.size))
    near = after.place - before.place < 3 * width
    return near and abs(before.size + after.size) < largest / 2


def _width(count: int, seasons: Sequence[int]) -> int:
    """Whole seasons, of those of which enough fit."""
    wanted = max(SHORTEST_WINDOW, count // WINDOWS)
    fitting = [lag for lag in seasons if lag * FEWEST_WINDOWS * 2 <= count]
    season = max(fitting, default=1)
    return max(1, round(wanted / season)) * season if season < wanted * 2 else wanted


def _differences(values: Array, width: int) -> Array:
    """The median of the window that begins at a point less that of the one that ends before it."""
    medians = pl.Series(values).rolling_median(width).to_numpy()[width - 1 :]
    return np.asarray(medians[width:] - medians[:-width])


def _scores(differences: Array) -> Array:
    around = differences - np.median(differences)
    deviation = TO_DEVIATION * float(np.median(np.abs(around)))
    if deviation <= 1e-9 * float(np.abs(around).max(initial=0)):
        # More than half of the differences are the same: what stands out is measured by the rest.
        deviation = float(np.abs(around).mean())
    return np.asarray(around / deviation) if deviation > 0 else np.zeros_like(around)


def _least(windows: float, among: int) -> float:
    """The score that any of the series, each of so many windows, reaches without a step."""
    # A deviation estimated from w windows is off by about 1 / sqrt(w) of itself.
    tests = 4 * windows * among
    normal = -NormalDist().inv_cdf(FALSE_ALARMS / (2 * tests))
    return normal * (1 + 1 / float(np.sqrt(windows)))


def _located(values: Array, about: int, width: int, score: float) -> Shift | None:
    """The point within a window of ``about`` at which two levels fit best; None if it is a ramp."""
    first, end = max(0, about - width), min(len(values), about + width)
    here = values[first:end]
    count = np.arange(1, len(here))
    sums = np.cumsum(here)[:-1]
    gain = (sums - here.mean() * count) ** 2 / (count * (len(here) - count))
    margin = max(2, width // 8)
    cut = margin + int(gain[margin - 1 : len(gain) - margin + 1].argmax())
    before, after = float(np.median(here[:cut])), float(np.median(here[cut:]))
    size = after - before
    at_once = float(here[cut : cut + margin].mean() - here[cut - margin : cut].mean())
    if at_once * np.sign(size) < SHARP * abs(size) or size * score < 0:
        return None
    around = float(np.r_[here[:cut] - before, here[cut:] - after].std())
    share = abs(size) / around if around > 0 else np.inf
    return Shift(first + cut, size, abs(score), share)
