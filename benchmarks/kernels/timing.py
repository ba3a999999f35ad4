"""Contestants timed in turn, so that all meet the same moods of the machine."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Step = Callable[[], float]
"""One run of a contestant, which says how many milliseconds it took."""

WARMING = 2
LEAST = 30.0
"""Short steps are repeated until so many milliseconds a round asked for are spent on each
contestant, since a few of them say little; at most ``MOST`` times as often as asked for."""

MOST = 20


@dataclass(frozen=True)
class Times:
    """Milliseconds of a step: the median, the least, and of how many runs."""

    median: float
    minimum: float
    runs: int


def clocked(step: Callable[[], object]) -> Step:
    """A step of this process, by the clock on the wall."""

    def timed() -> float:
        start = time.perf_counter()
        step()
        return (time.perf_counter() - start) * 1000

    return timed


def interleaved(contestants: Mapping[str, Step], rounds: int) -> dict[str, Times]:
    """Each contestant's times.

    Args:
        contestants: A step of each, by name; in every round each runs once, in this order.
        rounds: How many at least, 1 or more. Two more come first, which do not count.
    """
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(WARMING):
        warm = sum(step() for step in contestants.values())
    fitting = LEAST * len(contestants) / max(warm, 1e-3)
    for _ in range(int(rounds * min(max(fitting, 1), MOST))):
        for name, step in contestants.items():
            found[name].append(step())
    return {name: summary(times) for name, times in found.items()}


def summary(times: list[float]) -> Times:
    """Median and least of some milliseconds."""
    return Times(statistics.median(times), min(times), len(times))
