"""The first use of a cell, with nothing kept and with its code kept."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import Row
from settings import Settings

from recurra import cells

FIRST_USE = Path(__file__).parents[1] / "first_use.py"
MOST_ROUNDS = 3
"""Processes take seconds each, and compiling hardly varies."""


def rows(settings: Settings) -> list[Row]:
    """A row for each cell; medians, in milliseconds."""
    names = settings.chosen(cells.names())
    if settings.small and not settings.cells:
        names = ["elman", "gru", "lstm"]
    return [_row(name, min(settings.rounds, MOST_ROUNDS)) for name in names]


def _row(name: str, rounds: int) -> Row:
    spans: dict[str, list[dict[str, float]]] = {"empty": [], "filled": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as cache:
            for found in spans.values():
                found.append(_first_use(name, cache))
    row: Row = {"cell": name} | {state: _medians(found) for state, found in spans.items()}
    said = ", ".join(f"{state} {row[state]['whole']:.0f}" for state in spans)
    print(f"first use of {name}, cache {said} ms", flush=True)
    return row


def _first_use(name: str, cache: str) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, FIRST_USE, name],
        env={**os.environ, "RECURRA_CACHE": cache},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    spans: dict[str, float] = json.loads(told.stdout)
    return spans | {"whole": sum(spans.values())}


def _medians(spans: list[dict[str, float]]) -> dict[str, float]:
    """Milliseconds of each part, and of the whole."""
    return {
        name: round(1000 * statistics.median(one[name] for one in spans), 2) for name in spans[0]
    }
