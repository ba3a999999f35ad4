"""Letters as numbers: the commonest each by itself, the others as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

MOST = 120
"""Kinds of letters, at most."""

OTHER = "\ufffd"
"""What stands for the others."""


def common(learned: Sequence[str]) -> set[str]:
    """The commonest letters of what is learned from."""
    counts = Counter(letter for text in learned for letter in text)
    order = sorted(counts, key=lambda letter: (-counts[letter], letter))
    return set(order[:MOST])


def only(text: str, known: set[str]) -> str:
    """The text with one sign for each letter that is not among those."""
    return "".join(letter if letter in known else OTHER for letter in text)


def told(texts: Sequence[str]) -> list[str]:
    """A sentence on letters that became one, if there are any."""
    count = sum(text.count(OTHER) for text in texts)
    if not count:
        return []
    return [f"{count:,} letters that are rare, or not among those learned from, count as one"]
