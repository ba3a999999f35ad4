"""Pictures that are made up: hills under a sky, with houses and a sun."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from recurra.applications.pictures import Pixels

SIZE = 128
TIMES = 3
"""Drawn so many times as large and then made small, so that edges are smooth."""


def landscapes(count: int, *, seed: int) -> list[Pixels]:
    """So many grey pictures of 128 x 128 points.

    Args:
        count: How many, at least 1.
        seed: Of what is in them.
    """
    chance = np.random.default_rng(seed)
    return [_landscape(chance) for _ in range(count)]


def _landscape(chance: np.random.Generator) -> Pixels:
    size = SIZE * TIMES
    fall = np.linspace(chance.uniform(150, 230), chance.uniform(180, 250), size)
    sky = np.repeat(fall[:, None], size, 1)
    image = Image.fromarray(sky.astype(np.uint8))
    pen = ImageDraw.Draw(image)
    x, y, r = (
        chance.uniform(0, size),
        chance.uniform(0, size / 3),
        chance.uniform(0.05, 0.12) * size,
    )
    pen.ellipse((x - r, y - r, x + r, y + r), fill=255)
    for depth in range(4):
        shade = int(150 - 35 * depth + chance.uniform(-15, 15))
        ground = _ridge(chance, size, 0.35 + 0.15 * depth)
        pen.polygon([(0, size), *enumerate(ground), (size, size)], fill=shade)
        for _ in range(chance.integers(0, 3)):
            _house(pen, chance, ground, (0.03 + 0.02 * depth) * size)
    small = image.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    return np.asarray(small)[:, :, None].copy()


def _ridge(chance: np.random.Generator, size: int, height: float) -> list[float]:
    """How far down the ground begins at each column."""
    at = np.linspace(0, 1, size)
    waves = np.zeros(size)
    for n in (1, 2, 5):
        waves += chance.uniform(-1, 1) / n * np.sin(2 * np.pi * (n * at + chance.uniform()))
    found: list[float] = (size * (height + 0.08 * waves)).tolist()
    return found


def _house(
    pen: ImageDraw.ImageDraw, chance: np.random.Generator, ground: list[float], width: float
) -> None:
    """Walls, a roof and a window, on the ground."""
    left = chance.uniform(0, len(ground) - width)
    foot = ground[int(left + width / 2)] + width / 4
    wall, roof = (int(chance.uniform(*shades)) for shades in ((170, 240), (20, 90)))
    pen.rectangle((left, foot - width, left + width, foot), fill=wall)
    top = (left + width / 2, foot - 1.7 * width)
    pen.polygon(
        [(left - width / 6, foot - width), top, (left + 7 * width / 6, foot - width)], fill=roof
    )
    a, b = left + 0.3 * width, foot - 0.7 * width
    pen.rectangle((a, b, a + width / 4, b + width / 3), fill=40)
