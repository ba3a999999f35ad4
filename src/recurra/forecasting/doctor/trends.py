"""Whether a series rises or falls all along, and whether it wanders without any rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import NormalDist

import numpy as np

from recurra.forecasting.doctor.finding import MOST_PLACES, Finding, Place, Severity
from recurra.forecasting.doctor.grid import Array
from recurra.forecasting.doctor.seasons import deseasonalized
from recurra.forecasting.doctor.subject import Subject
from recurra.forecasting.doctor.wording import listed, number

BLOCKS = 12
"""Parts of a series whose means are ranked."""

LEAST_POINTS = 24
CHANCE = 0.001
"""Probability at which a trend is believed in."""

LEAST_OF_WALK = 50
"""Points below which a random walk cannot be told from much else."""

RULE = 0.01
"""Probability at which a rule in the changes is believed in."""

UNIT_ROOT = -2.86
"""The 5% point of Dickey and Fuller's t with a constant (Fuller 1976, table 8.5.2)."""

SPANS = (2, 4, 8, 16)
"""Steps over which the variance of changes is compared with that of single changes."""

NEAR, FAR = 0.1, 0.5
"""A variance ratio so near to 1 is as good as 1, however sure the difference; one so far is not."""


def look(subject: Subject) -> Iterator[Finding]:
    """Trends and random walks among the sampled series."""
    lags = [season.length for season in subject.seasons]
    plain = [(line, deseasonalized(line.filled, lags)) for line in subject.sampled]
    walks = [line.name for line, values in plain if is_random_walk(values)]
    if walks:
        yield Finding(
            "random walk",
            Severity.WARNING if 2 * len(walks) >= len(plain) else Severity.NOTE,
            f"{number(len(walks), 'series')} whose changes cannot be told from chance: "
            f"{listed(walks)}",
            "expect little more than the last value repeated; a column that leads the target "
            "would help, a larger network would not",
            tuple(Place(name) for name in walks[:MOST_PLACES]),
            {"count": len(walks)},
        )
    trends = [(line.name, trend(values)) for line, values in plain]
    up = [name for name, way in trends if way > 0]
    down = [name for name, way in trends if way < 0]
    if up or down:
        yield _trend(up, down, len(plain))


def _trend(up: Sequence[str], down: Sequence[str], looked: int) -> Finding:
    if looked == 1:
        said = f"a {'rising' if up else 'falling'} trend"
    else:
        said = f"a trend in {len(up) + len(down):,} of {looked:,} series: {len(up):,} rising, "
        said += f"{len(down):,} falling"
    names = [*up, *down]
    return Finding(
        "trend",
        Severity.OK,
        said,
        "",
        tuple(Place(name) for name in names[:MOST_PLACES]),
        {"rising": len(up), "falling": len(down)},
    )


def trend(values: Array) -> int:
    """Whether a series rises (1) or falls (-1) all along, or neither (0).

    The means of 12 parts are ranked by Mann and Kendall's test at the probability 0.001. As a
    random walk's means are ordered by chance alone, its changes must also have a mean beyond their
    own chance (t at the same probability), unless the series returns to its line.

    Args:
        values: (N,), finite, without seasons.
    """
    if len(values) < LEAST_POINTS:
        return 0
    means = np.array([part.mean() for part in np.array_split(values, BLOCKS)])
    order = np.sign(means[None, :] - means[:, None])[np.triu_indices(BLOCKS, 1)].sum()
    deviation = np.sqrt(BLOCKS * (BLOCKS - 1) * (2 * BLOCKS + 5) / 18)
    beyond = NormalDist().inv_cdf(1 - CHANCE / 2)
    if abs(order) <= beyond * deviation:
        return 0
    time = np.arange(len(values))
    line = np.polynomial.Polynomial.fit(time, values, 1)(time)
    changes = np.diff(values)
    spread = float(changes.std()) / np.sqrt(len(changes))
    if unit_root(values - line) > LINE_ROOT and abs(changes.mean()) <= beyond * spread:
        return 0
    return int(np.sign(order))


LINE_ROOT = -3.41
"""The 5% point of Dickey and Fuller's t with a constant and a trend."""


def unit_root(values: Array, lags: int = 2) -> float:
    """Dickey and Fuller's t for a unit root, with a constant and lagged changes; 0 if undefined.

    Args:
        values: (N,), finite.
        lags: Lagged changes that are taken into account.
    """
    changes = np.diff(values)
    if len(changes) <= 4 * lags + 4 or np.ptp(values) == 0:
        return 0.0
    past = [changes[lags - k : len(changes) - k] for k in range(1, lags + 1)]
    level = values[lags:-1]
    matrix = np.column_stack([level - level.mean(), np.ones(len(level)), *past])
    fit, _, rank, _ = np.linalg.lstsq(matrix, changes[lags:], rcond=None)
    if rank < matrix.shape[1]:
        return 0.0
    rest = changes[lags:] - matrix @ fit
    variance = float(rest @ rest) / (len(rest) - matrix.shape[1])
    error = np.sqrt(variance * np.linalg.inv(matrix.T @ matrix)[0, 0])
    return float(fit[0] / error) if error > 0 else 0.0


def is_random_walk(values: Array) -> bool:
    """Whether a series cannot be told from a random walk.

    Two things must hold: Dickey and Fuller's test does not reject a unit root at 5%, and the
    variance of changes grows with their span as chance would have it: each of Lo and MacKinlay's
    variance ratios (1988, Stock market prices do not follow random walks, robust to changing
    variance) is within 0.1 of 1, or within 0.5 and not beyond chance at 1%.

    Args:
        values: (N,), finite, without seasons.
    """
    if len(values) < LEAST_OF_WALK or unit_root(values) <= UNIT_ROOT:
        return False
    changes = np.diff(values)
    if np.mean(changes == 0) > 0.5:
        return False
    return all(_by_chance(changes, span) for span in SPANS if 16 * span <= len(changes))


def _by_chance(changes: Array, span: int) -> bool:
    rest = changes - changes.mean()
    squares = rest**2
    total = float(squares.sum())
    if total == 0:
        return False
    ratio, spread = 1.0, 0.0
    for lag in range(1, span):
        weight = 2 * (1 - lag / span)
        ratio += weight * float(rest[lag:] @ rest[:-lag]) / total
        spread += weight**2 * float(squares[lag:] @ squares[:-lag]) / total**2
    off = abs(ratio - 1)
    chance = NormalDist().inv_cdf(1 - RULE / 2) * float(np.sqrt(spread))
    return off <= NEAR or off <= min(FAR, chance)
