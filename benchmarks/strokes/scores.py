"""How likely a model finds the strokes that people drew."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from augment import blurred
from model import Draughtsman
from sequences import Sequences, steps
from torch import Tensor

from recurra.structures.lengths import live_steps

BATCH = 100


@dataclass(frozen=True)
class Nats:
    """Negative log-likelihoods; offsets count as known to the pixel.

    Attributes:
        each: Of each drawing, (N,).
        lengths: Its steps, (N,).
    """

    each: Tensor
    lengths: Tensor

    @property
    def step(self) -> float:
        """The mean of a step."""
        return float(self.each.sum() / self.lengths.sum())

    @property
    def drawing(self) -> float:
        """The mean of a drawing."""
        return float(self.each.mean())


@torch.no_grad()
def nats(model: Draughtsman, held: Sequences, scale: float) -> Nats:
    """Of all drawings, each point at a place within its pixel that is the same at every call."""
    model.eval()
    held = blurred(held, torch.Generator().manual_seed(0))
    rows = torch.split(held.lengths.argsort(stable=True), BATCH)
    found = torch.empty(len(held))
    for some in rows:
        found[some] = _batch(model, held[some], scale)
    return Nats(found, held.lengths)


def _batch(model: Draughtsman, batch: Sequences, scale: float) -> Tensor:
    targets = steps(batch, scale)
    each = model.head.nll(model.features(batch.pictures, targets), targets)
    # A density over scaled offsets, made one over pixels.
    each = each + 2 * math.log(scale)
    return torch.where(live_steps(batch.lengths, targets), each, 0).sum(1)
