"""Which pairs are held out, so that none of them is known from the others."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

FEWEST = 50
"""Pairs below which nothing is held out."""

SHARE, MOST = 10, 1000
"""One pair in so many is held out, and at most so many."""


def hold_out(
    sources: Sequence[str], targets: Sequence[str], seed: int
) -> tuple[list[int], list[int]]:
    """The places of pairs to learn from, and of those to judge by, drawn by chance.

    Pairs that share a sentence, on either side, are held out together or not at all.

    Args:
        sources: Sentences.
        targets: Their translations.
        seed: Of the draw.
    """
    wanted = min(MOST, len(sources) // SHARE) if len(sources) >= FEWEST else 0
    kin = _kin(sources, targets)
    random.Random(seed).shuffle(kin)
    held: set[int] = set()
    for group in kin:
        if len(held) + len(group) <= wanted:
            held.update(group)
    return [n for n in range(len(sources)) if n not in held], sorted(held)


def _kin(sources: Sequence[str], targets: Sequence[str]) -> list[list[int]]:
    """The places of pairs that share a sentence with one another, directly or through others."""
    root = list(range(len(sources)))

    def found(place: int) -> int:
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    for side in (sources, targets):
        first: dict[str, int] = {}
        for place, one in enumerate(side):
            root[found(place)] = found(first.setdefault(one.casefold(), place))
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(root)):
        groups[found(place)].append(place)
    return list(groups.values())
