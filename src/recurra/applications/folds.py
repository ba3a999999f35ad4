"""What a network holds out of what there is to learn from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import torch
from torch import Tensor


def folds(things: Sequence[Hashable], classes: Sequence[int], count: int, seed: int) -> Tensor:
    """Deals things out to parts, each class as evenly as can be.

    Those that are the same go to the same part, so that none is judged that was learned from. The
    only one of a class goes to none: a network without it could not know the class.

    Args:
        things: N of them: a text as its tokens, say.
        classes: The class of each, from 0.
        count: How many parts, at least 1.
        seed: Of the deal.

    Returns:
        The part of each, int64 (N,), from 0 to ``count`` - 1; -1 for none.
    """
    same: dict[Hashable, list[int]] = defaultdict(list)
    for place, thing in enumerate(things):
        same[thing].append(place)
    groups = list(same.values())
    by_class: dict[int, list[list[int]]] = defaultdict(list)
    for chosen in torch.randperm(
        len(groups), generator=torch.Generator().manual_seed(seed)
    ).tolist():
        by_class[classes[groups[chosen][0]]].append(groups[chosen])
    parts = torch.full((len(things),), -1)
    dealt = 0
    for _, members in sorted(by_class.items()):
        for group in members if len(members) > 1 else ():
            parts[group] = dealt % count
            dealt += 1
    return parts


def folds_of_groups(groups: Sequence[str], count: int, seed: int) -> Tensor:
    """Deals out whole groups, so that none of one that is judged was learned from.

    Args:
        groups: The group of each thing, N: the person who moved, say.
        count: How many parts, at least 1.
        seed: Of the deal.

    Returns:
        The part of each thing, int64 (N,), from 0 to ``count`` - 1.
    """
    names = sorted(set(groups))
    order = torch.randperm(len(names), generator=torch.Generator().manual_seed(seed)).tolist()
    part = {names[place]: number % count for number, place in enumerate(order)}
    return torch.tensor([part[group] for group in groups])


def splits(parts: Tensor, networks: int, count: int) -> list[tuple[Tensor, Tensor]]:
    """What each of several networks learns from, and the part that it holds out, as places.

    Args:
        parts: Of :func:`folds`, (N,).
        networks: How many networks; those beyond the parts begin with the first part again.
        count: How many parts there are.
    """
    held = [parts == member % count for member in range(networks)]
    return [((~one).nonzero().flatten(), one.nonzero().flatten()) for one in held]
