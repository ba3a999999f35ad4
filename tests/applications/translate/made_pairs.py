"""A language that is learned in seconds."""

from __future__ import annotations

import itertools
import random
from typing import Any

TINY: dict[str, Any] = {"units": 8, "epochs": 2, "vocabulary_size": 300}
"""Options of a fit of a second, which learns little."""

WORDS = (
    {"today": "heute", "now": "jetzt", "never": "nie"},
    {"red": "rot", "old": "alt", "small": "klein", "green": "grün"},
    {"dog": "Hund", "cat": "Katze", "man": "Mann", "book": "Buch", "tree": "Baum"},
    {"runs": "läuft", "sings": "singt", "burns": "brennt", "falls": "fällt"},
)


def columns(count: int, *, seed: int = 0) -> tuple[list[str], list[str]]:
    """Sentences and their translations, all different: at most 240.

    The first and the last word change places, and so do the second and the third.
    """
    sentences = list(itertools.product(*WORDS))
    random.Random(seed).shuffle(sentences)
    some = sentences[:count]
    bent = [[group[word] for group, word in zip(WORDS, one, strict=True)] for one in some]
    return [" ".join(one) for one in some], [" ".join(one[::-1]) for one in bent]
