"""Small pieces for four voices that are made up, to learn from in seconds."""

from __future__ import annotations

import random

import torch
from torch import Tensor

from recurra.applications.music.roll import KEYS, LOWEST, Grid

GRID = Grid(2, 96.0)
BAR = 8
"""Steps of a bar: eight eighths."""

_CHORDS = {"I": (0, 4, 7), "IV": (5, 9, 0), "V": (7, 11, 2), "vi": (9, 0, 4), "ii": (2, 5, 9)}
_NEXT = {
    "I": ("IV", "V", "vi", "ii"),
    "ii": ("V",),
    "IV": ("V", "I", "ii"),
    "V": ("I", "vi"),
    "vi": ("ii", "IV"),
}
_SCALE = (0, 2, 4, 5, 7, 9, 11)
_MIDDLE = 60


def pieces(count: int, *, seed: int) -> list[Tensor]:
    """So many pieces of four to eight bars in C major.

    A chord each half a bar, by the rules of a first lesson; a bass in quarters, two voices that
    hold, and a melody of eighths that steps along the scale and meets the chord on the beat.

    Args:
        count: How many, at least 1.
        seed: Of all of them.

    Returns:
        uint8 (T, 88) each.
    """
    chance = random.Random(seed)
    return [_piece(chance, chance.randrange(4, 9)) for _ in range(count)]


def _piece(chance: random.Random, bars: int) -> Tensor:
    roll = torch.zeros(bars * BAR, KEYS, dtype=torch.uint8)
    chord, melody = "I", _MIDDLE + 12
    half = BAR // 2
    for begin in range(0, len(roll), half):
        if begin + half == len(roll):
            chord = "I"
        root, *others = _CHORDS[chord]
        roll[begin : begin + half, root + 48 - LOWEST] = 1
        for note in others:
            roll[begin : begin + half, note + _MIDDLE - LOWEST] = 1
        for step in range(begin, begin + half):
            melody = _stepped(chance, melody, _CHORDS[chord] if step % 2 == 0 else _SCALE)
            roll[step, melody - LOWEST] = 1
        chord = chance.choice(_NEXT[chord])
    return roll


def _stepped(chance: random.Random, melody: int, allowed: tuple[int, ...]) -> int:
    """A near note of the allowed ones, within an octave and a half above the middle."""
    near = [
        note
        for note in range(melody - 5, melody + 6)
        if note % 12 in allowed and note != melody and _MIDDLE + 7 <= note <= _MIDDLE + 24
    ]
    return chance.choice(near)
