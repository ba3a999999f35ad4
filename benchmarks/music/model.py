"""The network, and what it costs in nats."""

from __future__ import annotations

import torch
from pieces import KEYS, Batch, Batches, Pieces
from settings import Settings
from torch import Tensor
from torch.nn import functional

from recurra import EachToEach, Recurrent
from recurra.cells import VariationalDropout, find
from recurra.structures.heads import BernoulliVector


def build(settings: Settings) -> EachToEach:
    """A recurrent layer, and a head that says of each key how likely it sounds next."""
    cell = find(settings.cell)()
    dropped = VariationalDropout(cell, settings.state_dropout, input_rate=0.0)
    network = Recurrent(dropped, KEYS, settings.units, batch_first=True)
    return EachToEach(network, BernoulliVector(settings.units, KEYS))


def training_loss(model: EachToEach, batch: Batch, dropout: float) -> Tensor:
    """The mean over all steps of a batch, with dropout before the head."""
    features = functional.dropout(model.features(batch.x, batch.lengths), dropout)
    found: Tensor = model.head.loss(features, batch.y, batch.lengths)
    return found


def nats_per_step(model: EachToEach, pieces: Pieces) -> float:
    """The sum over the keys, in its mean over all foretold steps of all pieces together."""
    total, steps = 0.0, 0
    with torch.no_grad():
        for batch in Batches(pieces, rows=16, seed=0):
            here = int(batch.lengths.sum())
            total += here * model.loss(*batch).item()
            steps += here
    return total / steps
