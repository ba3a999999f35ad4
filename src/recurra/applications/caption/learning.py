"""How the network learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.caption.network import Batch, Network
from recurra.applications.caption.rules import Plan
from recurra.applications.words import START
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    StepTrainer,
    padded,
)

SMOOTHING = 0.05
WEIGHT_DECAY = 0.01
WARMUP = 200
KEEP = 0.999
"""The share of the weights' average that a step leaves."""

MOST_LOOKS = 20
SHIFT = 32
"""Pictures are moved in training by up to one point in so many of a side."""

TOGETHER = 100


@dataclass(frozen=True)
class Numbered:
    """Pictures and their captions as numbers.

    Attributes:
        pictures: uint8 (N, 3, S, S), each once.
        captions: The numbers of each caption, the end mark last, M of them.
        owners: The picture of each caption, int64 (M,).
    """

    pictures: Tensor
    captions: Sequence[Tensor]
    owners: Tensor

    def __len__(self) -> int:
        """M."""
        return len(self.captions)

    def batch(self, places: Tensor) -> Batch:
        """Some captions with their pictures."""
        targets, lengths = padded(self.captions, places)
        inputs = functional.pad(targets[:, :-1], (1, 0), value=START)
        return Batch(self.pictures[self.owners[places]], inputs, targets, lengths)


def learn(
    plan: Plan,
    network: Network,
    train: Numbered,
    held_out: Numbered | None,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> History:
    """Trains a network, and leaves it with the best averaged weights by what is held out.

    Args:
        plan: How.
        network: To train.
        train: To learn from.
        held_out: To keep the best weights by; None to keep the last.
        seed: Of the order. What is hidden and moved follows torch's chance.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    steps = -(-len(train) // plan.batch_size)
    looks = min(MOST_LOOKS, plan.epochs)
    stopping = [] if held_out is None else [EarlyStopping(patience=max(3, looks // 3))]

    def loss(places: Tensor) -> Tensor:
        batch = train.batch(places)
        moved = shifted(batch.pictures, plan.side // SHIFT)
        return network.loss(Batch(moved, batch.inputs, batch.targets, batch.lengths), SMOOTHING)

    trainer: StepTrainer[Tensor] = StepTrainer(
        network,
        loss,
        AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
        plan.epochs * steps,
        looks=looks,
        warmup=WARMUP,
        keep=KEEP,
        judge=None if held_out is None else lambda: mean_loss(network, held_out),
        callbacks=[*callbacks, *stopping],
        weight=lambda places: sum(len(train.captions[place]) for place in places.tolist()),
    )
    history = trainer.fit(_passes(len(train), plan.batch_size, seed), checkpoint=checkpoint)
    network.eval()
    return history


@torch.no_grad()
def mean_loss(network: Network, captions: Numbered) -> float:
    """The mean cross-entropy of a symbol, in nats."""
    total, count = 0.0, 0
    for places in torch.split(torch.arange(len(captions)), TOGETHER):
        batch = captions.batch(places)
        symbols = int(batch.lengths.sum())
        total += symbols * float(network.loss(batch, 0.0))
        count += symbols
    return total / count


def shifted(pictures: Tensor, most: int) -> Tensor:
    """Each moved by up to so many points each way by torch's chance, its edges repeated."""
    if not most:
        return pictures
    side = pictures.shape[-1]
    places = torch.arange(side)
    moves = torch.randint(-most, most + 1, (2, len(pictures), 1))
    down, right = (places + moves).clamp(0, side - 1)
    rows = pictures.gather(2, down[:, None, :, None].expand_as(pictures))
    return rows.gather(3, right[:, None, None, :].expand_as(pictures))


def _passes(count: int, batch_size: int, seed: int) -> Iterator[Tensor]:
    """Batches without end, pass after pass, each in an order of its own."""
    chance = torch.Generator().manual_seed(seed)
    while True:
        yield from torch.split(torch.randperm(count, generator=chance), batch_size)
