"""What a step of training adds to the memory of a process."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from pathlib import Path

import shapes
from figures import Row
from settings import Settings
from shapes import Shape

GROWTH = Path(__file__).parents[1] / "growth.py"
MEASURED = (shapes.LONG, Shape(100, 64, 256, 256))
WHO = ("recurra", "torch")
MOST_ROUNDS = 5
"""Processes take seconds each, and memory hardly varies."""


def rows(settings: Settings) -> list[Row]:
    """A row for each shape; medians, in MiB."""
    measured = shapes.SMALL[1:] if settings.small else MEASURED
    return [_row(shape, min(settings.rounds, MOST_ROUNDS)) for shape in measured]


def _row(shape: Shape, rounds: int) -> Row:
    # Once without counting, so that compiling, where it is needed, is over.
    _growth("recurra", shape)
    found: dict[str, list[float]] = {who: [] for who in WHO}
    for _ in range(rounds):
        for who in WHO:
            found[who].append(_growth(who, shape))
    row: Row = {"shape": list(shape)}
    row |= {who: round(statistics.median(each), 2) for who, each in found.items()}
    said = ", ".join(f"{who} {row[who]:.1f}" for who in WHO)
    print(f"memory {shape}: {said} MiB", flush=True)
    return row


def _growth(who: str, shape: Shape) -> float:
    sizes = ",".join(map(str, shape))
    command = [sys.executable, str(GROWTH), who, sizes]
    told = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(told.stdout)["MiB"])
