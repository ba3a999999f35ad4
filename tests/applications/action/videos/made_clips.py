"""Small clips of a bright square that goes left or right, and a way to learn from them at once."""

from __future__ import annotations

import numpy as np

QUICK = {"units": 8, "epochs": 8, "frames": 6, "learning_rate": 1e-2, "batch_size": 8}
SIDE = 16


def clips(count: int, seed: int = 0) -> tuple[list[np.ndarray], list[str]]:
    """Clips of 8 frames, and their classes."""
    chance = np.random.default_rng(seed)
    found, labels = [], []
    for number in range(count):
        right, top = number % 2, chance.integers(2, 10)
        clip = np.full((8, SIDE, SIDE, 3), chance.integers(0, 90), np.uint8)
        for step in range(8):
            at = step + 1 if right else 8 - step
            clip[step, top : top + 4, at : at + 4] = chance.integers(180, 256)
        found.append(clip)
        labels.append("right" if right else "left")
    return found, labels
