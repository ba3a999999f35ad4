"""Words that are made up and spoken by a simple synthesiser: each letter has a sound of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from recurra.applications.speech.sound import Samples, library

RATE = 8000

_VOWELS = {"a": (750, 1200), "i": (300, 2300), "o": (480, 850), "u": (320, 1500)}
"""The frequencies of the two strongest resonances, in Hz (after Peterson and Barney 1952)."""

_CONSONANTS = ("m", "s", "t")

Sounds = NDArray[np.float64]


@dataclass(frozen=True)
class Voice:
    """Who speaks.

    Attributes:
        pitch: In Hz.
        size: By what all resonances are multiplied.
        pace: By what all lengths are.
        level: The peak, from 0 to 1.
    """

    pitch: float
    size: float
    pace: float
    level: float

    @classmethod
    def drawn(cls, chance: np.random.Generator) -> Voice:
        """Somebody."""
        return cls(
            chance.uniform(90, 220),
            chance.uniform(0.9, 1.12),
            chance.uniform(0.8, 1.2),
            10 ** chance.uniform(-1.2, -0.3),
        )


def word(chance: np.random.Generator) -> str:
    """A word of two or three syllables, such as ``"mosita"``."""
    count = chance.integers(2, 4)
    return "".join(
        f"{chance.choice(_CONSONANTS)}{chance.choice(list(_VOWELS))}" for _ in range(count)
    )


def spoken(text: str, chance: np.random.Generator) -> Samples:
    """A word spoken by somebody, with a little noise: (N,) at 8,000 samples a second."""
    voice = Voice.drawn(chance)
    parts = [_sound(letter, voice, chance) for letter in text]
    sound = np.concatenate([_rest(chance), *parts, _rest(chance)])
    sound = sound / np.abs(sound).max() * voice.level
    found: Samples = (sound + 1e-3 * chance.standard_normal(len(sound))).astype(np.float32)
    return found


def write(folder: Path, name: str, count: int, *, seed: int) -> None:
    """Writes recordings as WAV and a table of them, ``NAME.csv`` with columns wav and text.

    Args:
        folder: Where; made if it is missing.
        name: Of the table, and of the folder of recordings beside it.
        count: How many recordings.
        seed: Of the words and voices.

    Raises:
        OptionError: If soundfile is not installed.
    """
    soundfile, chance = library("soundfile"), np.random.default_rng(seed)
    (folder / name).mkdir(parents=True, exist_ok=True)
    rows = ["wav,text"]
    for number in range(count):
        text = word(chance)
        path = f"{name}/{number:03}.wav"
        soundfile.write(folder / path, spoken(text, chance), RATE, subtype="PCM_16")
        rows.append(f"{path},{text}")
    (folder / f"{name}.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def _sound(letter: str, voice: Voice, chance: np.random.Generator) -> Sounds:
    if letter in _VOWELS:
        low, high = (one * voice.size for one in _VOWELS[letter])
        return _hum(voice, 0.12, ((low, 90.0, 1.0), (high, 120.0, 0.5)))
    if letter == "m":
        return 0.35 * _hum(voice, 0.09, ((250.0 * voice.size, 80.0, 1.0),))
    if letter == "s":
        hiss = np.diff(chance.standard_normal(_count(voice, 0.1) + 1))
        return 0.12 * hiss * np.hanning(len(hiss))
    # A stop: silence, then a burst.
    burst = chance.standard_normal(_count(voice, 0.02)) * np.linspace(1, 0, _count(voice, 0.02))
    return np.concatenate([np.zeros(_count(voice, 0.05)), 0.3 * burst])


def _hum(
    voice: Voice, seconds: float, resonances: tuple[tuple[float, float, float], ...]
) -> Sounds:
    """Harmonics of the pitch, the louder the nearer they are to a resonance (Hz, width, weight)."""
    count = _count(voice, seconds)
    times = np.arange(count) / RATE
    hertz = np.arange(voice.pitch, 0.45 * RATE, voice.pitch)
    weights = sum(
        weight / (1 + ((hertz - centre) / width) ** 2) for centre, width, weight in resonances
    )
    waves = np.sin(2 * np.pi * np.outer(times, hertz))
    edges = np.minimum(1, np.minimum(np.arange(count), np.arange(count)[::-1]) / (0.012 * RATE))
    found: Sounds = (waves @ np.asarray(weights)) * edges
    return found


def _count(voice: Voice, seconds: float) -> int:
    return round(seconds * voice.pace * RATE)


def _rest(chance: np.random.Generator) -> Sounds:
    return np.zeros(int(chance.integers(0, RATE // 8)))
