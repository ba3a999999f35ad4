"""Which texts a network holds out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import torch
from torch import Tensor


def folds(texts: Sequence[Hashable], classes: Sequence[int], count: int, seed: int) -> Tensor:
    """Deals texts out to parts, each class as evenly as can be.

    Texts that are the same go to the same part, so that none is judged that was learned from. The
    only text of a class goes to none: a network without it could not know the class.

    Args:
        texts: N of them, as tokens, say.
        classes: The class of each, from 0.
        count: How many parts, at least 1.
        seed: Of the deal.

    Returns:
        The part of each text, int64 (N,), from 0 to ``count`` - 1; -1 for none.
    """
    same: dict[Hashable, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        same[text].append(place)
    groups = list(same.values())
    by_class: dict[int, list[list[int]]] = defaultdict(list)
    for chosen in torch.randperm(
        len(groups), generator=torch.Generator().manual_seed(seed)
    ).tolist():
        by_class[classes[groups[chosen][0]]].append(groups[chosen])
    parts = torch.full((len(texts),), -1)
    dealt = 0
    for _, members in sorted(by_class.items()):
        for group in members if len(members) > 1 else ():
            parts[group] = dealt % count
            dealt += 1
    return parts
