"""Words that the package's synthesiser speaks."""

from __future__ import annotations

import numpy as np

from recurra.applications.speech import Sound
from recurra.applications.speech.demo import RATE, spoken, word

QUICK = {"units": 32, "layers": 1, "epochs": 20, "batch_size": 8, "learning_rate": 2e-2}
"""Learns the synthesiser's letters in a few seconds."""

TINY = {"units": 3, "layers": 1, "epochs": 2, "batch_size": 8}
"""Runs, and learns nothing."""


def words(count: int, seed: int = 0) -> tuple[list[Sound], list[str]]:
    """Recordings of single words, and the words."""
    chance = np.random.default_rng(seed)
    texts = [word(chance) for _ in range(count)]
    return [Sound(spoken(text, chance), RATE) for text in texts], texts


def string(count: int, seed: int) -> tuple[Sound, str]:
    """A recording of several words, pauses between them."""
    sounds, texts = words(count, seed)
    pause = np.zeros(RATE // 8, dtype=np.float32)
    parts = [part for one in sounds for part in (pause, one.samples)]
    return Sound(np.concatenate([*parts, pause]), RATE), " ".join(texts)


def tone(hertz: float, seconds: float, rate: int, level: float = 1.0) -> np.ndarray:
    """A sine."""
    times = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.float32)
