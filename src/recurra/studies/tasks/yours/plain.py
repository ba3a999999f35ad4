"""What is answered by those that read nothing, and know only how often what comes."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from recurra.studies.material import UNASKED, Material, Plain

NAMES = {
    "class": "the commonest class",
    "symbols": "how often each letter comes",
    "keys": "how often each key sounds",
}


def with_plain(material: Material) -> Material:
    """The same, with the answer that a network must beat."""
    plain = Plain(NAMES[material.answer], _losses(material), material.baseline)
    return replace(material, plain=plain)


def _losses(material: Material) -> Tensor:
    """Of each sequence of the test part, (N,), float64."""
    train, test = material.train, material.test
    if material.answer == "keys":
        chance = torch.cat(list(train.y)).double().mean(0).clamp(1e-6, 1 - 1e-6)
        yes, no = chance.log(), (1 - chance).log()
        return torch.stack([-(y * yes + (1 - y) * no).sum(-1).mean() for y in test.y])
    gathered = torch.stack(list(train.y)) if material.answer == "class" else torch.cat([*train.y])
    known = gathered[gathered != UNASKED]
    counts = torch.bincount(known, minlength=material.output_size).double() + 1
    surprise = -(counts / counts.sum()).log()
    return torch.stack([surprise[y[y != UNASKED] if y.dim() else y].mean() for y in test.y])
