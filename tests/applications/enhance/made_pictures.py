"""Small pictures with edges, and a way to learn from them at once."""

from __future__ import annotations

import numpy as np

QUICK = {"units": 8, "layers": 1, "steps": 60, "batch_size": 4, "learning_rate": 2e-2}
TINY = {"units": 3, "layers": 1, "steps": 4, "batch_size": 2}


def pictures(count: int, seed: int = 0, height: int = 40, width: int = 36) -> list[np.ndarray]:
    """Grey ones, (H, W, 1): bright and dark boxes."""
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        image = np.full((height, width, 1), chance.integers(60, 200), dtype=np.uint8)
        for _ in range(4):
            top, left = chance.integers(0, height - 8), chance.integers(0, width - 8)
            tall, wide = chance.integers(6, 20, 2)
            image[top : top + tall, left : left + wide] = chance.integers(0, 256)
        found.append(image)
    return found
