"""The cases of the comparison with peers: which series, windows, steps and units."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

FIRST = np.datetime64("1990-01-01T00:00:00", "ns")
HOUR = np.timedelta64(1, "h")

RATE = 1e-3
PREDICTIONS = 5
"""Calls of predict in a process; the first counts by itself."""


@dataclass(frozen=True)
class Case:
    """What every peer is asked.

    Attributes:
        name: As the page calls it.
        form: "recursive": one step ahead, predictions fed back. "direct": the horizon at once.
        lookback: L.
        horizon: K, which is also the step from one origin to the next.
        origins: From how many the backtest forecasts, the first K * origins before the end.
        hidden: H, of one layer.
        batch: Windows a step.
        steps: Of the optimizer.
        season: m, of MASE.
    """

    name: str
    form: Literal["recursive", "direct"]
    lookback: int
    horizon: int
    origins: int
    hidden: int
    batch: int
    steps: int
    season: int = 24


CASES = {
    one.name: one
    for one in (
        Case("one series", "recursive", 48, 24, 20, hidden=64, batch=32, steps=512),
        Case("simulated panel", "direct", 96, 24, 10, hidden=64, batch=64, steps=200),
        Case("M4 hourly", "direct", 168, 48, 4, hidden=64, batch=64, steps=200),
    )
}


@dataclass(frozen=True)
class Asked:
    """What one process is to do.

    Attributes:
        case: The case.
        cell: "lstm" or "gru".
        series: Of it, whole.
        forecasts: Where the forecasts of the backtest go, float64 (S, W, K).
        threads: How many the process may use; 0 for what the library takes by itself.
        steps: Of the optimizer: the case's, or fewer to see whether the program runs.
    """

    case: Case
    cell: Literal["lstm", "gru"]
    series: Sequence[Array]
    forecasts: Path
    threads: int
    steps: int


def asked() -> Asked:
    """From the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", required=True)
    parser.add_argument("--cell", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--forecasts", type=Path, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    given = parser.parse_args()
    series = load(given.data)
    case = CASES[given.case]
    return Asked(case, given.cell, series, given.forecasts, given.threads, given.steps)


def store(path: Path, series: Sequence[Array]) -> None:
    """Writes series of any length end to end."""
    lengths = np.array([len(one) for one in series])
    np.savez(path, values=np.concatenate(series), lengths=lengths)


def load(path: Path) -> list[Array]:
    """Reads what :func:`store` wrote."""
    with np.load(path) as file:
        return np.split(file["values"], np.cumsum(file["lengths"])[:-1])


def names(series: Sequence[Array]) -> list[str]:
    """Of the series, in the order of the letters too."""
    return [f"{number:06d}" for number in range(len(series))]


def times(length: int) -> NDArray[np.datetime64]:
    """Hours, since the series come without times."""
    return FIRST + np.arange(length) * HOUR
