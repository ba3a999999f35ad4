"""Small trainings that one process or several make, which must come to the same."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra import Recurrent
from recurra.training import (
    SGD,
    Adam,
    AdamW,
    EarlyStopping,
    LengthBuckets,
    ReduceLROnPlateau,
    StepTrainer,
    Trainer,
    padded,
    passes,
)

STEPS = 50
BATCH = 6


class Tagger(nn.Module):
    """An answer at each step, and a parameter that not every batch has use for."""

    def __init__(self, cell, dropout=0.0):
        super().__init__()
        self.recurrent = Recurrent(cell, 3, (7, 5), batch_first=True, dropout=dropout)
        self.head = nn.Linear(5, 2)
        self.rarely = nn.Parameter(torch.zeros(2))

    def forward(self, x, lengths=None):
        answers = self.head(self.recurrent(x, lengths=lengths)[0])
        return answers + self.rarely if x.shape[1] > 12 else answers


@dataclass(frozen=True)
class Sides:
    """What a batch of one's own kind may look like."""

    places: Tensor
    also: tuple[Tensor, ...]
    name: str = "none"


def material():
    generator = torch.Generator().manual_seed(7)
    lengths = torch.randint(1, 18, (41,), generator=generator).tolist()
    series = [torch.randn(one, 3, generator=generator, dtype=torch.float64) for one in lengths]
    return series, [torch.stack([one.sum(1), one[:, 0].cumsum(0)], 1) for one in series]


def model(cell, dropout=0.0):
    torch.manual_seed(3)
    return Tagger(cell, dropout).double()


def by_steps(
    cell="lstm", *, own_kind=False, checkpoint=None, callbacks=(), dropout=0.0, length=STEPS
):
    """Sequences of different lengths, whose loss is the mean over all real steps."""
    series, targets = material()
    tagger = model(cell, dropout)
    buckets = LengthBuckets([len(one) for one in series], BATCH, padding=0.3, seed=1)

    def read(places):
        places = places.places if own_kind else places
        x, lengths = padded(series, places)
        live = torch.arange(x.shape[1]) < lengths.unsqueeze(1)
        return x, lengths, live, padded(targets, places)[0]

    def loss(places):
        x, lengths, live, y = read(places)
        return functional.mse_loss(tagger(x, lengths)[live], y[live])

    @torch.no_grad()
    def judge():
        return float(loss(Sides(torch.arange(9), ()) if own_kind else torch.arange(9)))

    trainer = StepTrainer(
        tagger,
        loss,
        AdamW(tagger.parameters(), lr=0.01),
        length,
        looks=5,
        judge=judge,
        callbacks=[*callbacks, EarlyStopping(patience=99)],
        weight=lambda places: float(read(places)[2].sum()),
    )
    drawn = passes(buckets)
    if own_kind:
        drawn = (Sides(one, (one, one)) for one in drawn)
    history = trainer.fit(drawn, checkpoint=checkpoint)
    return weights(tagger), history


def by_epochs(cell="lstm", *, checkpoint=None, callbacks=(), masked=False):
    """Equally long sequences, the last batch of each epoch smaller than the others."""
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(31, 14, 3, generator=generator, dtype=torch.float64)
    y = torch.stack([x.sum(2), x[:, :, 0]], 2)
    y[:, 4:, :] = torch.where(torch.rand(31, 10, 1, generator=generator) < 0.5, torch.nan, y[:, 4:])
    tagger = model(cell)

    def loss(answer, y):
        live = ~y.isnan()
        if masked:
            return (answer - y)[live].square().mean()
        each = torch.where(live, (answer - y.nan_to_num()).square(), 0.0)
        return (each.sum((1, 2)) / live.sum((1, 2))).mean()

    trainer = Trainer(
        tagger,
        loss,
        Adam(tagger.parameters(), lr=0.01) if not masked else SGD(tagger.parameters(), lr=0.1),
        callbacks=[*callbacks, ReduceLROnPlateau(patience=1), EarlyStopping(patience=99)],
        clip_norm=1.0,
        weight=(lambda y: (~y.isnan()).sum()) if masked else None,
    )
    history = trainer.fit((x[:25], y[:25]), (x[25:], y[25:]), 10, BATCH, checkpoint=checkpoint)
    return weights(tagger), history


def weights(module):
    return {name: value.detach().clone() for name, value in module.named_parameters()}


def whoami():
    return os.getpid()
