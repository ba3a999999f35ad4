"""How far off foretold paths are, beside what needs no network, and what chance explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recurra.applications.prices.quotes import CLOSE, PRICES, Numbers, Times
from recurra.significance.diebold_mariano import DieboldMariano, diebold_mariano

PATH = "path"
"""All four prices together."""

RIVALS = ("last_values", "usual")
"""The last period's values; the last close with a usual range."""

NORMAL = 1.959963984540054
"""Within so many standard deviations lie 95%."""


@dataclass(frozen=True)
class Foretold:
    """What was foretold of one period each, and what came: logarithms above the close before.

    Attributes:
        tickers: Whose period each is, (N,).
        times: Of the periods that were foretold, (N,), of all tickers.
        before: The close before each, (N,).
        scale: The scale of each, (N,).
        own: By the model, by the scale, (N, 4).
        rivals: By what needs no network, (N, 4) each.
        came: What came, by the scale, (N, 4).
    """

    tickers: NDArray[np.object_]
    times: Times
    before: Numbers
    scale: Numbers
    own: Numbers
    rivals: dict[str, Numbers]
    came: Numbers


@dataclass(frozen=True)
class Error:
    """The mean absolute errors of one price, or of the path.

    Attributes:
        own: The model's, in percent of the price.
        rivals: Those of what needs no network.
        tests: Whether the model differs from each beyond chance.
    """

    own: float
    rivals: dict[str, float]
    tests: dict[str, DieboldMariano]

    @property
    def best(self) -> str:
        """The rival that was best."""
        return min(self.rivals, key=self.rivals.__getitem__)

    @property
    def better(self) -> bool:
        """Whether the model is better than every rival beyond chance."""
        tests = self.tests.values()
        return all(one.p is not None and not one.by_chance and one.mean < 0 for one in tests)

    @property
    def worse(self) -> bool:
        """Whether it is worse than some rival beyond chance."""
        tests = self.tests.values()
        return any(one.p is not None and not one.by_chance and one.mean > 0 for one in tests)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "mean_absolute_error_percent": self.own,
            **{f"{name}_percent": value for name, value in self.rivals.items()},
            "better_than_all_beyond_chance": self.better,
            "diebold_mariano": {name: one.to_json() for name, one in self.tests.items()},
        }


@dataclass(frozen=True)
class Direction:
    """How often the close went the way that was foretold.

    Attributes:
        rate: The share of hits.
        low: The least share that chance explains, at 95%.
        high: The largest.
        count: Of how many forecasts: those in which both moved at all.
    """

    rate: float
    low: float
    high: float
    count: int

    @property
    def beyond_chance(self) -> bool:
        """Whether it was right more often than chance explains."""
        return self.count > 0 and self.rate > self.high


@dataclass(frozen=True)
class PathScores:
    """How good foretold paths are.

    Attributes:
        periods: How many different times were foretold.
        count: How many paths, of all tickers.
        errors: By price, and of the whole path.
        direction: Of the close.
        covered: The share of closes within the interval of each level in percent.
    """

    periods: int
    count: int
    errors: dict[str, Error]
    direction: Direction
    covered: dict[int, float]

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "periods": self.periods,
            "forecasts": self.count,
            "errors": {name: one.to_json() for name, one in self.errors.items()},
            "direction": vars(self.direction),
            "covered": {str(level): share for level, share in self.covered.items()},
        }


def scores(found: Foretold, radii: dict[int, float]) -> PathScores:
    """Holds what was foretold against what came.

    Args:
        found: At least one.
        radii: How far from its forecast the close is at a level in percent, by the scale.
    """
    times, place = np.unique(found.times, return_inverse=True)
    off = np.abs(found.own - found.came)
    errors = {
        name: _error(found, off, columns, place)
        for name, columns in ((PATH, list(range(4))), *((p, [n]) for n, p in enumerate(PRICES)))
    }
    covered = {level: float((off[:, CLOSE] <= radius).mean()) for level, radius in radii.items()}
    own, came = found.own[:, CLOSE], found.came[:, CLOSE]
    direction = direction_of(own, came, place)
    return PathScores(len(times), len(found.own), errors, direction, covered)


def _error(found: Foretold, off: Numbers, columns: Sequence[int], place: np.ndarray) -> Error:
    scaled = found.scale[:, None]
    rivals, tests = {}, {}
    for name, rival in found.rivals.items():
        theirs = np.abs(rival - found.came)
        rivals[name] = _percent((theirs * scaled)[:, columns])
        # One number a period, since tickers of one day depend on each other.
        tests[name] = diebold_mariano(_by_time((off - theirs)[:, columns].mean(1), place))
    return Error(_percent((off * scaled)[:, columns]), rivals, tests)


def _percent(logs: Numbers) -> float:
    return float(100 * np.mean(logs))


def _by_time(values: Numbers, place: np.ndarray) -> Numbers:
    """The mean of each time."""
    return np.bincount(place, values) / np.bincount(place)


def direction_of(own: Numbers, came: Numbers, place: np.ndarray) -> Direction:
    """How often the signs agree, and what chance makes of it.

    Without any skill a forecast that says up as often as it does, of prices that go up as often as
    they do, is right with the probability q p + (1 - q)(1 - p). Around that lies the interval, as
    wide as the hits vary from one time to another: those of one time depend on each other.

    Args:
        own: The moves that were foretold, (N,).
        came: Those that came, (N,).
        place: The number of the time of each, (N,).
    """
    moved = (own != 0) & (came != 0)
    count = int(moved.sum())
    if not count:
        return Direction(math.nan, math.nan, math.nan, 0)
    up, went_up = own[moved] > 0, came[moved] > 0
    hits = up == went_up
    expected = up.mean() * went_up.mean() + (1 - up.mean()) * (1 - went_up.mean())
    off = np.bincount(place[moved], hits - hits.mean())
    reach = NORMAL * math.sqrt(float((off**2).sum())) / count
    return Direction(float(hits.mean()), float(expected - reach), float(expected + reach), count)
