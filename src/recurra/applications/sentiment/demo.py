"""Sentences that are made up: guests on a café, some of whom take back what they began with."""

from __future__ import annotations

import random

_THINGS = ("coffee", "tea", "cake", "soup", "waiter", "music", "terrace", "bread", "menu", "room")
_GOOD = ("lovely", "warm", "fresh", "kind", "excellent", "charming", "delicious", "quick")
_BAD = ("cold", "stale", "rude", "awful", "noisy", "dull", "slow", "dirty")
_DEGREES = ("", "very ", "really ", "quite ", "so ")


def sentences(count: int, *, seed: int) -> str:
    """A table ``text,label`` of so many sentences.

    A sentence says one or two things; with "not" before it a word says its contrary, and what
    stands behind "but" decides. So counting words is not enough.

    Args:
        count: How many, at least 1.
        seed: Of the sentences.
    """
    chance = random.Random(seed)
    return "text,label\n" + "".join(_row(chance) for _ in range(count))


def _row(chance: random.Random) -> str:
    good = chance.random() < 0.5
    last = _part(chance, good)
    if chance.random() < 0.5:
        return f'"{last}",{_name(good)}\n'
    # Behind "but" stands the contrary of what was said before it, behind "and" the same.
    joined = chance.random() < 0.5
    first = _part(chance, good if joined else not good)
    return f'"{first} {"and" if joined else ", but"} {last}",{_name(good)}\n'


def _part(chance: random.Random, good: bool) -> str:
    denied = chance.random() < 0.3
    word = chance.choice(_GOOD if good != denied else _BAD)
    degree = "not " if denied else chance.choice(_DEGREES)
    return f"the {chance.choice(_THINGS)} was {degree}{word}"


def _name(good: bool) -> str:
    return "good" if good else "bad"
