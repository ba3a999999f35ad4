"""Reviews that are easy to tell apart."""

from __future__ import annotations

import random

GOOD, BAD = ("lovely", "warm", "fine", "kind"), ("awful", "cold", "rude", "stale")
QUICK = {"networks": 2, "units": 8, "embedding": 16, "epochs": 6, "learning_rate": 2e-2}


def reviews(count: int, seed: int = 0) -> tuple[list[str], list[str]]:
    """Texts and classes."""
    chance = random.Random(seed)
    labels = [chance.choice(["good", "bad"]) for _ in range(count)]
    texts = [
        f"the {chance.choice(('tea', 'cake', 'room'))} was "
        f"{chance.choice(GOOD if label == 'good' else BAD)} {'today ' * chance.randrange(4)}"
        for label in labels
    ]
    return texts, labels
