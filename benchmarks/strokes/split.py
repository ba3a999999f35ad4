"""Which characters are trained on, which chosen by, and which measured on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from drawings import Drawing

SEED = 0


class Split(NamedTuple):
    """The drawings of three sets of characters that have none in common."""

    train: list[Drawing]
    validation: list[Drawing]
    test: list[Drawing]


def split(drawings: Sequence[Drawing]) -> Split:
    """A tenth of each alphabet's characters for choosing, a fifth for the test, by chance."""
    generator = torch.Generator().manual_seed(SEED)
    part: dict[str, int] = {}
    for alphabet in sorted({drawing.alphabet for drawing in drawings}):
        names = sorted({one.character for one in drawings if one.alphabet == alphabet})
        order = torch.randperm(len(names), generator=generator).tolist()
        for rank, place in enumerate(order):
            part[names[place]] = _part(rank / len(names))
    return Split(*([one for one in drawings if part[one.character] == n] for n in range(3)))


def _part(share: float) -> int:
    if share < 0.2:
        return 2
    return 1 if share < 0.3 else 0
