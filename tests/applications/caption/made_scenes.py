"""Grey squares at the left or the right, and ways to learn to say where."""

from __future__ import annotations

import numpy as np

TINY = {"units": 4, "epochs": 2, "side": 16}
QUICK = {"units": 32, "epochs": 20, "side": 16, "learning_rate": 1e-2}


def places(count: int, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Pictures of 20 x 16 points, and sentences."""
    chance = np.random.default_rng(seed)
    pictures, captions = [], []
    for number in range(count):
        image = np.full((16, 20, 3), chance.integers(20, 60), np.uint8)
        left, bright = number % 2, number // 2 % 2
        top, far = chance.integers(1, 9), chance.integers(0, 4)
        side = slice(far, far + 6) if left else slice(14 - far, 20 - far)
        image[top : top + 6, side] = (250, 250, 250) if bright else (200, 20, 20)
        pictures.append(image)
        captions.append(f"a {'white' if bright else 'red'} box, {'left' if left else 'right'}")
    return pictures, captions
