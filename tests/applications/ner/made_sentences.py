"""Sentences with entities that are easy to find."""

from __future__ import annotations

import random

QUICK = {
    "networks": 2,
    "units": 8,
    "embedding": 16,
    "epochs": 5,
    "batch_size": 16,
    "learning_rate": 3e-2,
}

NAMES = ("Ana", "Bo Lin", "Carl", "Dee Ray")
PLACES = ("Rome", "New York", "Oslo")

Tagged = tuple[list[list[str]], list[list[str]]]


def sentences(count: int, seed: int = 0) -> Tagged:
    """Tokens, and tags in IOB2."""
    chance = random.Random(seed)
    found: Tagged = ([], [])
    for _ in range(count):
        parts = [
            (chance.choice(NAMES), "PER"),
            (chance.choice(("lives in", "went to", "left")), ""),
            (chance.choice(PLACES), "LOC"),
            (chance.choice((".", "today .", "in 19 days .")), ""),
        ]
        tokens, tags = [], []
        for text, kind in parts[chance.randrange(2) :]:
            for n, token in enumerate(text.split()):
                tokens.append(token)
                tags.append(f"{'I' if n else 'B'}-{kind}" if kind else "O")
        found[0].append(tokens)
        found[1].append(tags)
    return found
