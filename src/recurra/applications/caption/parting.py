"""Which pictures are held out to judge by."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence


def parted(digests: Sequence[str], wanted: int, seed: int) -> tuple[list[int], list[int]]:
    """The places of what is learned from, and of at most so many to judge by, both in order.

    Args:
        digests: Each picture in a few letters; those that are the same stay together.
        wanted: The most that are held out.
        seed: Of the draw.
    """
    same: dict[str, list[int]] = defaultdict(list)
    for place, digest in enumerate(digests):
        same[digest].append(place)
    groups = list(same.values())
    random.Random(seed).shuffle(groups)
    held: set[int] = set()
    for group in groups:
        if len(held) + len(group) <= wanted:
            held.update(group)
    return [place for place in range(len(digests)) if place not in held], sorted(held)
