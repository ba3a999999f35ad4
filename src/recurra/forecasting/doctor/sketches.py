"""What a few series look like, as lines that a page can draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.doctor import outliers, shifts
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.gaps import runs
from recurra.forecasting.doctor.grid import Array, Line
from recurra.forecasting.doctor.seasons import (
    autocorrelation,
    profile,
    slow_course,
    standardized,
)
from recurra.forecasting.doctor.subject import Subject

MOST_SKETCHES = 4
MOST_SPANS = 24
"""Series whose times are drawn as bars."""

WIDTH, HEIGHT, STRIP = 900.0, 120.0, 12.0
"""Units of a picture; a page stretches it to its own width."""

COLUMNS = 450
"""Columns of a picture; of the values that fall into one the lowest and highest are drawn."""

MOST_LAGS = 400


@dataclass(frozen=True)
class Sketch:
    """One series.

    Attributes:
        name: Of the series.
        first: Its first time.
        last: Its last.
        low: The lowest value.
        high: The highest.
        paths: Of SVG, a piece each between gaps.
        gaps: (x, width) of what is missing.
        outliers: (x, y) of values that stand apart.
        shifts: x of steps of the level.
    """

    name: str
    first: str
    last: str
    low: float
    high: float
    paths: tuple[str, ...]
    gaps: tuple[tuple[float, float], ...]
    outliers: tuple[tuple[float, float], ...]
    shifts: tuple[float, ...]


@dataclass(frozen=True)
class Span:
    """When a series has values: its name, and (x, width) of each stretch."""

    name: str
    bars: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class SeasonSketch:
    """The autocorrelation of a series, and the course of its strongest season.

    Attributes:
        name: Of the series.
        lags: How many are drawn.
        correlation: A path of SVG; its middle is 0, its edges are 1 and -1.
        marks: x of the seasons found, and their lengths.
        length: Of the strongest season.
        course: A path of SVG, the mean of each of its phases.
    """

    name: str
    lags: int
    correlation: str
    marks: tuple[tuple[float, int], ...]
    length: int
    course: str


@dataclass(frozen=True)
class Sketches:
    """All that a page draws; ``season`` is None where there is none, ``spans`` empty for one."""

    series: tuple[Sketch, ...]
    spans: tuple[Span, ...]
    season: SeasonSketch | None


def draw(subject: Subject, findings: Sequence[Finding]) -> Sketches:
    """The series of which most was found, the times of several, and the strongest season."""
    named = Counter(
        place.series
        for finding in findings
        if finding.severity >= Severity.NOTE
        for place in {p.series: p for p in finding.places}.values()
    )
    lines = sorted(subject.sampled, key=lambda line: -named[line.name])[:MOST_SKETCHES]
    return Sketches(
        tuple(_sketch(subject, line) for line in lines), _spans(subject), _season(subject)
    )


def _sketch(subject: Subject, line: Line) -> Sketch:
    count = len(line.values)
    x, y = _scales(line.values)
    lost, lengths = runs(~np.isfinite(line.values), np.array([0, count]))
    far, _ = outliers.outliers(line.values, subject.season)
    return Sketch(
        line.name,
        subject.time(line.number, line.first),
        subject.time(line.number, line.first + count - 1),
        float(np.nanmin(line.values)),
        float(np.nanmax(line.values)),
        _pieces(line.values),
        tuple(
            (round(float(x(a)), 1), round(float(max(x(a + n) - x(a), 1.0)), 1))
            for a, n in zip(lost[:200], lengths[:200], strict=True)
        ),
        tuple((_1(x(p)), _1(y(line.values[p]))) for p in far[:200]),
        tuple(_1(x(shift.place)) for shift in shifts.shifts_of(subject, line)),
    )


def _1(value: float) -> float:
    return round(float(value), 1)


class _Scale:
    """A straight map of numbers to units of the picture."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._start = low, start
        self._factor = (end - start) / (high - low) if high > low else 0.0

    def __call__(self, value: float) -> float:
        return self._start + (value - self._low) * self._factor


def _scales(values: Array) -> tuple[_Scale, _Scale]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    margin = 4.0
    y = _Scale(low, high, HEIGHT - margin, margin) if high > low else _flat()
    return _Scale(0, max(len(values) - 1, 1), 0, WIDTH), y


def _flat() -> _Scale:
    return _Scale(0.0, 0.0, HEIGHT / 2, HEIGHT / 2)


def _pieces(values: Array) -> tuple[str, ...]:
    """Paths through the values, or through the lowest and highest of each column of many."""
    x, y = _scales(values)
    places = _extremes(values) if len(values) > 2 * COLUMNS else np.arange(len(values))
    known = np.isfinite(values[places])
    # A few values that are missing within a column of many are drawn as gaps of their own.
    begins, lengths = runs(known, np.array([0, len(known)]))
    return tuple(
        _path([(x(p), y(values[p])) for p in places[a : a + n].tolist()])
        for a, n in zip(begins, lengths, strict=True)
    )


def _extremes(values: Array) -> NDArray[np.int64]:
    """Where the lowest and the highest value of each column stand, in order; its start if none."""
    edges = np.linspace(0, len(values), COLUMNS + 1).astype(np.int64)
    places: list[int] = []
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        if np.isfinite(part).any():
            places += sorted({start + int(np.nanargmin(part)), start + int(np.nanargmax(part))})
        else:
            places.append(start)
    return np.array(places)


def _path(points: Sequence[tuple[float, float]]) -> str:
    first, *rest = [f"{x:.1f} {y:.1f}" for x, y in points]
    # A single point is drawn as a dot by the round ends of a line of no length.
    return f"M{first}L{' '.join(rest or [first])}"


def _spans(subject: Subject) -> tuple[Span, ...]:
    """When each of a few series has values, on one axis of time."""
    grid, frequency = subject.grid, subject.frequency
    if len(grid) < 2 or frequency is None:
        return ()
    lines = subject.sampled[:: max(1, -(-len(subject.sampled) // MOST_SPANS))]
    starts = np.concatenate([grid.stamp(line.number, np.array([line.first])) for line in lines])
    first = frequency.positions(starts, np.full(len(starts), starts.min()))
    end = max(int(at) + len(line.values) for at, line in zip(first, lines, strict=True))
    x = _Scale(0, end, 0, WIDTH)
    return tuple(
        Span(line.name, _bars(line.values, int(at), x))
        for line, at in zip(lines, first, strict=True)
    )


def _bars(values: Array, first: int, x: _Scale) -> tuple[tuple[float, float], ...]:
    begins, lengths = runs(np.isfinite(values), np.array([0, len(values)]))
    step = max(1, len(begins) // 200)
    return tuple(
        (_1(x(first + a)), _1(max(x(a + n) - x(a), 0.5)))
        for a, n in zip(begins[::step], lengths[::step], strict=True)
    )


def _season(subject: Subject) -> SeasonSketch | None:
    if not subject.seasons or not subject.searched:
        return None
    line, length = subject.searched[0], subject.season
    if len(line.values) < 3 * length:
        return None
    values = standardized(line.filled)
    around = values - slow_course(values, length)
    longest = max(season.length for season in subject.seasons)
    most = min(int(2.2 * longest), len(values) // 2)
    correlation = autocorrelation(around[np.isfinite(around)], most)[: most + 1]
    lags = np.unique(np.linspace(0, most, MOST_LAGS).round().astype(np.int64))
    x, y = _Scale(0, most, 0, WIDTH), _Scale(-1, 1, HEIGHT, 0)
    course = profile(values, length)
    across, up = _Scale(0, max(length - 1, 1), 0, WIDTH), _scales(course)[1]
    phases = np.unique(np.linspace(0, length - 1, MOST_LAGS).round().astype(np.int64))
    return SeasonSketch(
        line.name,
        most,
        _path([(x(k), y(float(np.clip(correlation[k], -1, 1)))) for k in lags.tolist()]),
        tuple((_1(x(season.length)), season.length) for season in subject.seasons),
        length,
        _path([(across(k), up(float(course[k]))) for k in phases.tolist()]),
    )
