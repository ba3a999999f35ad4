"""The series of the comparison with peers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from peers_case import Array
from sets import m4_hourly

DAY, WEEK = 24, 168


def series(folder: Path | None) -> dict[str, list[Array]]:
    """By case, whole series, the given test parts at their ends.

    Args:
        folder: Where m4 is; None to do without it.
    """
    found = {
        "one series": simulated(series=1, points=10_000, seed=1),
        "simulated panel": simulated(series=100, points=1000, seed=2),
    }
    if folder is not None and (folder / "m4" / "Hourly-train.csv.gz").exists():
        given = m4_hourly(folder)
        pairs = zip(given.train, given.test, strict=True)
        found["M4 hourly"] = [np.concatenate(pair).astype(np.float32) for pair in pairs]
    return found


def simulated(series: int, points: int, seed: int) -> list[Array]:
    """Hours with a day, a week and a slow drift, each series of its own size.

    What is left is first-order autoregressive, so that there is something to know of the next hours
    beyond the season.
    """
    random, time = np.random.default_rng(seed), np.arange(points)
    found = []
    for _ in range(series):
        day = sum(
            random.normal() / k * np.sin(2 * np.pi * k * time / DAY + random.uniform(0, 6.28))
            for k in (1, 2, 3)
        )
        week = random.normal() * np.sin(2 * np.pi * time / WEEK + random.uniform(0, 6.28))
        noise = random.normal(size=points)
        for at in range(1, points):
            noise[at] += 0.8 * noise[at - 1]
        drift = np.cumsum(random.normal(size=points)) * 0.01
        shape = 12 + 2 * day + week + drift + 0.3 * noise
        found.append((np.exp(random.normal(3, 1)) * shape).astype(np.float32))
    return found
