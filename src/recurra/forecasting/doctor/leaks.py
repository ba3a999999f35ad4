"""Columns that tell the target, or what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from recurra.errors import DataError
from recurra.forecasting.doctor.finding import Finding, Severity
from recurra.forecasting.doctor.grid import Array
from recurra.forecasting.doctor.innovations import ahead, innovations, past, unexplained
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import listed, number, percent
from recurra.forecasting.season import candidates
from recurra.tables.values import looks_numeric

MOST_LINES = 16
"""Series by which a column is judged, the longest of the sampled ones."""

MOST_POINTS = 20_000
"""Their last points, all together."""

MOST_COLUMNS = 100
LEAST_POINTS = 40
FURTHEST = 200
"""Steps ahead up to which a column is searched for the target's future."""

NEXT = 12
"""Steps ahead that a column may mix, as a mean over a window around each point does."""

COPY = 1e-6
"""A column that is off a multiple of the target by this share of its deviation is a copy of it."""

TWIN, SURE, LIKELY = 0.98, 0.95, 0.8
"""Correlations of what is new in a column and in the target at the same time, and later."""

MIXED = 0.9
"""The share of a column's news that the next values of the target explain, at which it is a mix."""

Pair = tuple[Array, Array]
"""A column and the target of one series, each (N,)."""


@dataclass(frozen=True)
class Tie:
    """How a column is tied to the target.

    Attributes:
        copy: The steps ahead at which the target is a multiple of it, or rises or falls with it
            throughout; negative for the target's past; None if it is no copy.
        now: The correlation of what is new in both at the same time, -1 to 1.
        later: The largest correlation of what is new in it with what is new in the target later.
        steps: How much later that is.
        mixed: The share of the column's news that the target's next values explain, 0 to 1.
    """

    copy: int | None
    now: float = 0.0
    later: float = 0.0
    steps: int = 0
    mixed: float = 0.0


def look(subject: Subject) -> Iterator[Finding]:
    """Leaks, a finding for each column that leaks, and one for all others."""
    roles = {subject.columns.id, *subject.columns.time, subject.columns.target}
    rest = [name for name in subject.table if name not in roles]
    names = [name for name in rest if looks_numeric(subject.table[name])]
    if not names:
        return
    clean = []
    for name in names[:MOST_COLUMNS]:
        finding = _column(subject, name)
        if finding is None:
            clean.append(name)
        else:
            yield finding
    if clean:
        said = f"nothing that is new in {listed(clean)} tells the target or its future"
        yield Finding("leaks", Severity.OK, said, figures={"columns": clean})
    if len(names) > MOST_COLUMNS:
        said = f"the first {MOST_COLUMNS} of {number(len(names), 'column')} of numbers looked at"
        yield Finding("leaks", Severity.NOTE, said, "inspect the others with fewer columns")


def _column(subject: Subject, name: str) -> Finding | None:
    try:
        column = subject.other(name)
    except DataError as error:
        return Finding("leaks", Severity.NOTE, f"{name} was not looked at: {error.given}", error.do)
    found = tie(_pairs(subject, column), subject.season, _furthest(subject))
    return None if found is None else _judged(name, found, subject.columns.target)


def _furthest(subject: Subject) -> int:
    """How far ahead to search: the horizon, and the seasons that the calendar suggests."""
    suggested = candidates(subject.frequency) if subject.frequency is not None else ()
    near = [lag for lag in suggested if lag <= FURTHEST]
    return min(max(subject.horizon or 0, subject.season, NEXT, *near), FURTHEST)


def _pairs(subject: Subject, column: Array) -> list[Pair]:
    lines = sorted(subject.sampled, key=lambda line: -len(line.values))[:MOST_LINES]
    most = MOST_POINTS // max(len(lines), 1)
    pairs = []
    for line in lines:
        other = subject.grid.other(line.number, column)[-len(line.values) :]
        pairs.append((other[-most:], line.values[-most:]))
    return pairs


def _judged(name: str, found: Tie, target: str) -> Finding | None:
    figures = {**vars(found), "column": name}
    known_ahead = f"leave {name} out, unless it is known so long before"
    if found.copy is not None:
        return _copy(name, found.copy, target, figures)
    foretells = (
        f"what is new in {name} foretells {target} {number(found.steps, 'step')} later with the "
        f"correlation {found.later:.2f}, more than is usual for a cause"
    )
    if abs(found.later) >= SURE:
        return Finding("leaks", Severity.ERROR, foretells, known_ahead, figures=figures)
    if found.mixed >= MIXED:
        said = (
            f"{percent(found.mixed)} of what is new in {name} is the next {NEXT} values of "
            f"{target}, as in a mean over a window that reaches ahead"
        )
        do = f"build {name} from past values only, or leave it out"
        return Finding("leaks", Severity.ERROR, said, do, figures=figures)
    if abs(found.later) >= LIKELY:
        return Finding("leaks", Severity.WARNING, foretells, known_ahead, figures=figures)
    if abs(found.now) >= TWIN:
        said = f"{name} moves with {target} at the same time (correlation {found.now:.3f})"
        do = f"use {name} only if it is known before {target} is"
        return Finding("leaks", Severity.WARNING, said, do, figures=figures)
    return None


def _copy(name: str, steps: int, target: str, figures: dict[str, Any]) -> Finding:
    if steps < 0:
        said = f"{name} is {target} {number(-steps, 'step')} before: an honest lag"
        return Finding("leaks", Severity.NOTE, said, "", figures=figures)
    if steps == 0:
        said = f"{name} is {target} itself in other units"
        return Finding("leaks", Severity.ERROR, said, f"leave {name} out", figures=figures)
    said = f"{name} is {target} {number(steps, 'step')} later: it holds the answer"
    do = f"leave {name} out, unless it is known so long before"
    return Finding("leaks", Severity.ERROR, said, do, figures=figures)


def tie(pairs: Sequence[Pair], season: int, furthest: int) -> Tie | None:
    """How a column is tied to the target, judged on several series together.

    First it is searched for the target itself, in any unit, at any time. Then what the past of each
    explains (its last values and those around a season before) is taken away from column and
    target, as before any cross-correlation that is to mean something (Haugh 1976, Checking the
    independence of two covariance-stationary time series), and what is new in the column is
    compared with what is new in the target at the same time and later. A cause of the target is
    tied to it now, or a little later; only a column made from the future is tied to it throughout.

    Args:
        pairs: Column and target of each series, (N,) both, NaN where missing.
        season: In steps, 1 if there is none.
        furthest: Steps ahead to search.

    Returns:
        None if too little is known to judge.
    """
    pairs = [pair for pair in pairs if _enough(pair)]
    if not pairs:
        return None
    copied = _copied(pairs, furthest)
    if copied is not None:
        return Tie(copied)
    news = [(innovations(c, season), innovations(y, season)) for c, y in pairs]
    correlations = [_correlation([(c, ahead(y, k)) for c, y in news]) for k in range(furthest + 1)]
    steps = 1 + int(np.abs(correlations[1:]).argmax())
    mixed = float(np.median([_mixed(pair, season) for pair in pairs]))
    return Tie(None, correlations[0], correlations[steps], steps, mixed)


def _enough(pair: Pair) -> bool:
    """Whether both vary, and the target is more than a straight line, which any clock foretells."""
    column, target = pair
    both = np.flatnonzero(np.isfinite(column) & np.isfinite(target))
    if len(both) < LEAST_POINTS:
        return False
    vary = bool(np.ptp(column[both]) > 0 and np.ptp(target[both]) > 0)
    return vary and _off(both.astype(np.float64), target[both]) > COPY


def _copied(pairs: Sequence[Pair], furthest: int) -> int | None:
    """At how many steps ahead the target is a function of the column; now first, then the past."""
    tried = (0, *range(-1, -furthest - 1, -1), *range(1, furthest + 1))
    return next(
        (k for k in tried if all(_is_copy(column, ahead(target, k)) for column, target in pairs)),
        None,
    )


def _is_copy(column: Array, target: Array) -> bool:
    """Whether one is a multiple of the other, or rises or falls wherever the other rises."""
    both = np.flatnonzero(np.isfinite(column) & np.isfinite(target))
    if len(both) < LEAST_POINTS // 2:
        return False
    # Most columns are ruled out by a few points.
    few = both[:: max(1, len(both) // 50)]
    return all(
        _off(column[some], target[some]) <= COPY or _one_way(column[some], target[some])
        for some in (few, both)
    )


def _off(column: Array, target: Array) -> float:
    """By what share of its deviation the target is off a multiple of the column."""
    x, y = column - column.mean(), target - target.mean()
    variance, spread = float(x @ x), float(y @ y)
    if variance <= 0 or spread <= 0:
        return 1.0
    rest = y - x * (float(x @ y) / variance)
    return float(np.sqrt(float(rest @ rest) / spread))


def _one_way(column: Array, target: Array) -> bool:
    """Whether the target rises, or falls, from each value of the column to the next.

    A target that rises all along time says nothing, for any clock does so too.
    """
    steps = np.diff(target)
    if len(np.unique(column)) < len(column) / 2 or (steps >= 0).all() or (steps <= 0).all():
        return False
    by_column = np.diff(target[np.lexsort((target, column))])
    return bool((by_column >= 0).all() or (by_column <= 0).all())


def _correlation(pairs: Sequence[Pair]) -> float:
    """Of standardized values, over all series; 0 where too few are known."""
    products, squares, count = 0.0, np.zeros(2), 0
    for one, other in pairs:
        both = np.isfinite(one) & np.isfinite(other)
        products += float(one[both] @ other[both])
        squares += (float(one[both] @ one[both]), float(other[both] @ other[both]))
        count += int(both.sum())
    known = count >= LEAST_POINTS and squares.min() > 0
    return products / float(np.sqrt(squares.prod())) if known else 0.0


def _mixed(pair: Pair, season: int) -> float:
    """The share of what is new in a column that the next values of the target explain."""
    column, target = pair
    reasons = [past(column, season), target, past(target, season)]
    before = unexplained(column, reasons)
    after = unexplained(column, [*reasons, *(ahead(target, k) for k in range(1, NEXT + 1))])
    both = np.isfinite(before) & np.isfinite(after)
    if both.sum() < LEAST_POINTS:
        return 0.0
    news, rest = float(np.square(before[both]).mean()), float(np.square(after[both]).mean())
    if news <= 1e-12 * float(np.var(column[both])):
        return 0.0
    return max(0.0, 1 - rest / news)
