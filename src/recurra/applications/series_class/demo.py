"""Series that are made up: waves of two channels, of three kinds."""

from __future__ import annotations

import math
import random

_KINDS = ("apart", "falling", "rising")


def waves(count: int, *, seed: int) -> str:
    """A long table ``series,step,left,right,class`` of so many waves.

    In one kind the pitch rises, in another it falls; in the third it stays, and the two channels
    swing against each other. A class shows only in how values follow each other: each alone is
    spread alike in all three. A few values are missing.

    Args:
        count: How many, at least 1.
        seed: Of the waves.
    """
    chance = random.Random(seed)
    rows = [row for number in range(count) for row in _wave(chance, number)]
    return "series,step,left,right,class\n" + "".join(rows)


def _wave(chance: random.Random, number: int) -> list[str]:
    kind, steps = _KINDS[number % 3], chance.randrange(24, 40)
    bend = {"apart": 0.0, "falling": -0.8, "rising": 0.8}[kind]
    turns, phase = chance.uniform(2.5, 4.0), chance.uniform(0, 1)
    rows = []
    for step in range(steps):
        time = step / (steps - 1)
        angle = 2 * math.pi * (phase + turns * (time + bend * time * (time - 1)))
        other = angle + (math.pi if kind == "apart" else 0)
        cells = [math.sin(one) + chance.gauss(0, 0.1) for one in (angle, other)]
        shown = ["" if chance.random() < 0.01 else f"{cell:.3f}" for cell in cells]
        rows.append(f"wave {number + 1},{step},{','.join(shown)},{kind}\n")
    return rows
