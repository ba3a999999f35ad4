"""Drawings that a model makes of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from model import Draughtsman, Drawing, Standing
from sequences import strokes
from torch import Tensor

from recurra.structures import generate

LONGEST = 120
"""Steps, more than any drawing of the training part has."""


@dataclass(frozen=True)
class Neat:
    """A head that draws with a bias, as generate() asks for one."""

    head: Drawing
    bias: float

    def sample(self, features: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """A step for each row, (B, 4)."""
        return self.head.sample(features, generator, bias=self.bias)


class Hand:
    """A draughtsman that draws more or less neatly."""

    def __init__(self, model: Draughtsman, bias: float) -> None:
        self.model = model
        self.head: Any = Neat(model.head, bias)

    def advance(self, inputs: Tensor, state: Standing) -> tuple[Tensor, Standing]:
        """One step of the model."""
        return self.model.advance(inputs, state)


@torch.no_grad()
def draw(
    model: Draughtsman, pictures: Tensor, scale: float, bias: float, seed: int
) -> list[list[Tensor]]:
    """The strokes of a drawing of each picture, each (P, 2) in pixels from the middle."""
    model.eval()
    found = generate(
        Hand(model, bias),
        torch.zeros(len(pictures), Drawing.size),
        model.start(pictures),
        max_length=LONGEST,
        ends=lambda step: step[:, 3] == 1,
        generator=torch.Generator().manual_seed(seed),
    )
    rows = zip(found.vectors, found.lengths.tolist(), strict=True)
    return [strokes(steps[:length], scale) for steps, length in rows]
