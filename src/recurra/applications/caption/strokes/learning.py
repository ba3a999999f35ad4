"""How the network learns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from recurra.applications.caption.strokes.network import Network
from recurra.applications.caption.strokes.rules import Plan
from recurra.applications.caption.strokes.scores import likelihoods, surplus
from recurra.applications.caption.strokes.sequences import Sequences, blurred, steps
from recurra.structures.lengths import live_steps
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    LengthBuckets,
    StepTrainer,
    passes,
)

WEIGHT_DECAY = 0.01
WARMUP = 30
KEEP = 0.99
"""The share of the weights' average that a step leaves."""

MOST_LOOKS = 20
PADDING = 0.15


def learn(
    plan: Plan,
    network: Network,
    train: Sequences,
    held_out: Sequences | None,
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
        seed: Of the order. What is hidden and blurred follows torch's chance.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    batches = LengthBuckets(train.lengths, plan.batch_size, padding=PADDING, seed=seed)
    looks = min(MOST_LOOKS, plan.epochs)
    stopping = [] if held_out is None else [EarlyStopping(patience=max(3, looks // 3))]
    trainer: StepTrainer[Tensor] = StepTrainer(
        network,
        lambda rows: mean_nll(network, train[rows]),
        AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
        plan.epochs * len(batches),
        looks=looks,
        warmup=WARMUP,
        keep=KEEP,
        judge=None if held_out is None else lambda: likelihoods(network, held_out).step,
        callbacks=[*callbacks, *stopping],
    )
    history = trainer.fit(passes(batches), checkpoint=checkpoint)
    network.eval()
    return history


def mean_nll(network: Network, batch: Sequences) -> Tensor:
    """The mean negative log-likelihood of a step in nats, each point blurred by torch's chance."""
    targets = steps(blurred(batch), network.scale)
    live = live_steps(batch.lengths, targets)
    each = network.nll(batch.pictures, targets)
    each = each + surplus(network.scale, batch.grain).unsqueeze(1)
    return torch.where(live, each, 0).sum() / live.sum()


def blind(given: Sequences) -> Sequences:
    """The same drawings beside empty pictures."""
    return replace(given, pictures=torch.zeros_like(given.pictures))
