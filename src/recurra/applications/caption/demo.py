"""Scenes that the package renders: coloured shapes, and a sentence that says all of them."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from recurra.applications.pictures import Pixels

SIDE = 64
TIMES = 4
"""Drawn so many times as large and then made small, so that edges are smooth."""

COLOURS = {
    "red": (214, 50, 48),
    "green": (58, 158, 74),
    "blue": (52, 96, 208),
    "yellow": (236, 196, 44),
    "purple": (142, 68, 173),
    "white": (250, 250, 250),
}
SHAPES = ("circle", "square", "triangle", "star", "cross")
SIZES = {"small": 5.0, "big": 8.5}
"""From the middle to the edge, in points."""

ROWS, COLUMNS = ("top", "", "bottom"), ("left", "", "right")
AROUND = (90, 90, 96)
JITTER = 1.5
"""How far a thing may stand from the middle of its place, in points."""


@dataclass(frozen=True, order=True)
class Thing:
    """A shape in a picture.

    Attributes:
        column: From 0 at the left to 2.
        row: From 0 at the top to 2.
        size: One of ``SIZES``.
        colour: One of ``COLOURS``.
        shape: One of ``SHAPES``.
    """

    column: int
    row: int
    size: str
    colour: str
    shape: str

    @property
    def words(self) -> str:
        """It and where it stands."""
        return f"a {self.size} {self.colour} {self.shape} {_where(self.row, self.column)}"


Scene = tuple[Thing, ...]
"""One to four things in places of their own, from left to right, of one column from top down."""


def scenes(
    count: int,
    *,
    seed: int,
    most: int = 4,
    shapes: Sequence[str] = SHAPES,
    unlike: Collection[Scene] = (),
) -> list[Scene]:
    """Scenes by chance, each of one to so many things.

    Args:
        count: How many, at least 1.
        seed: Of what is in them.
        most: The most things in one, from 1 to 9.
        shapes: Some of ``SHAPES``.
        unlike: Scenes none of which is to be among them.
    """
    chance, known = random.Random(seed), set(unlike)
    found: list[Scene] = []
    while len(found) < count:
        one = _scene(chance, chance.randint(1, most), shapes)
        if one not in known:
            found.append(one)
    return found


def sentence(scene: Scene) -> str:
    """What is in a scene, in its order, with a full stop."""
    *before, last = (thing.words for thing in scene)
    said = f"{', '.join(before)} and {last}" if before else last
    return f"{said[0].upper()}{said[1:]}."


def rendered(scene: Scene, seed: int) -> Pixels:
    """A picture of it, (64, 64, 3): things turned, and not quite in the middle of their places."""
    chance = random.Random(seed)
    image = Image.new("RGB", (SIDE * TIMES, SIDE * TIMES), AROUND)
    pen = ImageDraw.Draw(image)
    for thing in scene:
        x, y = (
            TIMES * (SIDE * (2 * place + 1) / 6 + chance.uniform(-JITTER, JITTER))
            for place in (thing.column, thing.row)
        )
        size = TIMES * SIZES[thing.size] * chance.uniform(0.92, 1.08)
        _draw(pen, thing, (x, y), size, chance.uniform(-0.25, 0.25))
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX)).copy()


def _scene(chance: random.Random, things: int, shapes: Sequence[str]) -> Scene:
    places = chance.sample([(column, row) for column in range(3) for row in range(3)], things)
    return tuple(
        sorted(
            Thing(
                *place,
                chance.choice(list(SIZES)),
                chance.choice(list(COLOURS)),
                chance.choice(shapes),
            )
            for place in places
        )
    )


def _where(row: int, column: int) -> str:
    words = " ".join(word for word in (ROWS[row], COLUMNS[column]) if word)
    return f"at the {words}" if words else "in the middle"


def _draw(
    pen: ImageDraw.ImageDraw, thing: Thing, at: tuple[float, float], size: float, turn: float
) -> None:
    colour = COLOURS[thing.colour]
    if thing.shape == "circle":
        pen.ellipse((at[0] - size, at[1] - size, at[0] + size, at[1] + size), fill=colour)
        return
    corners = [
        (at[0] + far * size * math.cos(angle + turn), at[1] + far * size * math.sin(angle + turn))
        for far, angle in _corners(thing.shape)
    ]
    pen.polygon(corners, fill=colour)


def _corners(shape: str) -> list[tuple[float, float]]:
    """How far from the middle each corner is, and in which direction."""
    if shape == "square":
        return [(1.2, math.pi * (2 * n + 1) / 4) for n in range(4)]
    if shape == "triangle":
        return [(1.25, math.pi * (4 * n - 3) / 6) for n in range(3)]
    if shape == "star":
        return [(1.25 if n % 2 else 0.5, math.pi * (n / 5 + 0.3)) for n in range(10)]
    near, far = 0.42, 1.1
    return [
        (far, turned) if corner else (near, quarter + math.pi / 4)
        for quarter in (0.5 * math.pi * n for n in range(4))
        for corner, turned in ((1, quarter - 0.3), (1, quarter + 0.3), (0, 0.0))
    ]
