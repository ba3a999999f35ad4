"""Recordings that are made up: stick figures that wave, squat or kick."""

from __future__ import annotations

import math
import random

ACTIONS = ("kick", "squat", "wave")
_REST = {
    "hip": (0.0, 1.0, 0.0),
    "neck": (0.0, 1.5, 0.0),
    "hand": (0.3, 1.1, 0.1),
    "knee": (0.1, 0.5, 0.05),
    "foot": (0.1, 0.0, 0.0),
}


def recordings(count: int, *, seed: int) -> str:
    """A long table of so many recordings of five joints, by people of other sizes and places.

    Columns are ``recording, person, frame``, three coordinates a joint, and ``action``.

    Args:
        count: How many, at least 1.
        seed: Of the people and of what they do.
    """
    chance = random.Random(seed)
    names = ",".join(f"{joint}_{axis}" for joint in _REST for axis in "xyz")
    rows = [row for number in range(count) for row in _recording(chance, number)]
    return f"series,person,frame,{names},action\n" + "".join(rows)


def _recording(chance: random.Random, number: int) -> list[str]:
    action = ACTIONS[number % 3]
    person = number // 3 % 5
    # A person's size is their own; where they stand is new each time.
    size, place = 0.8 + 0.1 * person, [chance.uniform(-2, 2) for _ in range(3)]
    frames, reach = chance.randrange(18, 30), chance.uniform(0.8, 1.2)
    rows = []
    for frame in range(frames):
        body = _moved(action, reach * math.sin(math.pi * frame / (frames - 1)))
        cells = [
            f"{place[axis] + size * point[axis] + chance.gauss(0, 0.01):.3f}"
            for point in body
            for axis in range(3)
        ]
        rows.append(f"{number + 1},person {person + 1},{frame},{','.join(cells)},{action}\n")
    return rows


def _moved(action: str, share: float) -> list[tuple[float, float, float]]:
    """The joints when an action is done to a share."""
    body = dict(_REST)
    if action == "wave":
        body["hand"] = (0.3, 1.1 + 0.7 * share, 0.1)
    elif action == "kick":
        body["foot"] = (0.1, 0.5 * share, 0.7 * share)
        body["knee"] = (0.1, 0.5 + 0.2 * share, 0.05 + 0.3 * share)
    else:
        for joint in ("hip", "neck", "hand"):
            x, y, z = body[joint]
            body[joint] = (x, y - 0.4 * share, z)
    return list(body.values())
