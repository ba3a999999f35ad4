"""Contestants timed in turn, so that all meet the same moods of the machine."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Step = Callable[[int], list[float]]
"""So many runs of a contestant one after another, as a loop makes them: the milliseconds of each.
"""

TURN = 30.0
"""The milliseconds that a contestant's turn lasts at least, if :data:`MOST` runs are as long."""

MOST = 20
"""The runs of a turn, at most. In a turn of several the first does not count: the caches then hold
what another contestant left there."""


@dataclass(frozen=True)
class Times:
    """Milliseconds of a step: the median, the least, and of how many runs."""

    median: float
    minimum: float
    runs: int


def clocked(step: Callable[[], object]) -> Step:
    """A step of this process, by the clock on the wall."""

    def timed(number: int) -> list[float]:
        found = []
        for _ in range(number):
            start = time.perf_counter()
            step()
            found.append((time.perf_counter() - start) * 1000)
        return found

    return timed


def interleaved(contestants: Mapping[str, Step], rounds: int) -> dict[str, Times]:
    """Each contestant's times.

    Args:
        contestants: A step of each, by name; in every round each has its turn, in this order.
        rounds: How many, 1 or more. Two runs of each come first, which do not count.
    """
    turns = {name: _runs(min(step(2))) for name, step in contestants.items()}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, step in contestants.items():
            found[name] += step(1) if turns[name] == 1 else step(1 + turns[name])[1:]
    return {name: summary(times) for name, times in found.items()}


def _runs(milliseconds: float) -> int:
    """How many runs of so many milliseconds a turn has."""
    return min(max(math.ceil(TURN / milliseconds), 1), MOST)


def summary(times: list[float]) -> Times:
    """Median and least of some milliseconds."""
    return Times(statistics.median(times), min(times), len(times))
