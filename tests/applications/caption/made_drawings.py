"""Pictures of a level or an upright line, some with a dot, and the strokes that drew them."""

from __future__ import annotations

import numpy as np

TINY_PEN = {"units": 6, "epochs": 2, "side": 16}
QUICK_PEN = {"units": 32, "epochs": 30, "side": 16, "learning_rate": 1e-2}


def lines(count: int, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Pictures of 40 x 32 points, dark on light, and paths."""
    chance = np.random.default_rng(seed)
    pictures, paths = [], []
    for number in range(count):
        image = np.full((32, 40), 255, np.uint8)
        x, y, long = chance.integers(4, 14), chance.integers(4, 12), chance.integers(14, 20)
        if number % 2:
            image[y - 1 : y + 2, x : x + long] = 0
            path = f"M {x} {y} L {x + long} {y}"
        else:
            image[y : y + long, x - 1 : x + 2] = 0
            path = f"M {x} {y} L {x} {y + long}"
        if number // 2 % 2:
            image[27:30, 35:38] = 0
            path += " M 36 28 L 36 28"
        pictures.append(image)
        paths.append(path)
    return pictures, paths
