"""What is fixed beforehand, and what the command line can change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SIGMA = 25 / 255
"""The noise's standard deviation, where black is 0 and white is 1."""
HELD_OUT = 12
"""Training pictures that are not trained on: each epoch's validation."""
VALIDATION_NOISE, MEDIAN_NOISE, TEST_NOISE = 1, 2, 3
"""Where chance starts for noise that stays the same whatever the training's seed is."""
STEPS_PER_EPOCH = 200


@dataclass(frozen=True)
class Settings:
    """A model and its training."""

    cell: str
    units: int
    layers: int
    epochs: int
    batch: int
    crop: int
    rate: float
    seed: int


USUAL = Settings(cell="gru", units=48, layers=2, epochs=40, batch=16, crop=48, rate=3e-3, seed=0)
