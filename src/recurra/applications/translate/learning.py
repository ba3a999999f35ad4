"""How the network learns."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from recurra.applications.translate.batches import Numbered, TokenBatches
from recurra.applications.translate.network import Network
from recurra.applications.translate.rules import Plan
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    StepTrainer,
    passes,
)

SMOOTHING = 0.1
WEIGHT_DECAY = 0.01
WARMUP = 400
KEEP = 0.999
"""The share of the weights' average that a step leaves."""


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
        seed: Of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    batches = batched(train, plan.batch_size, seed)
    length = max(1, round(plan.passes * len(batches)))
    looks = min(length, max(1, math.ceil(plan.passes)))
    judged = None if held_out is None else list(batched(held_out, plan.batch_size, 0))
    stopping = [] if judged is None else [EarlyStopping(patience=max(2, looks // 4))]

    def judge() -> float:
        assert held_out is not None
        assert judged is not None
        return mean_loss(network, held_out, judged)

    trainer: StepTrainer[Tensor] = StepTrainer(
        network,
        lambda places: network.loss(train.batch(places), SMOOTHING),
        AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
        length,
        looks=looks,
        warmup=WARMUP,
        keep=KEEP,
        judge=None if judged is None else judge,
        callbacks=[*callbacks, *stopping],
        weight=lambda places: train.batch(places).lengths.sum(),
    )
    history = trainer.fit(passes(batches), checkpoint=checkpoint)
    network.eval()
    return history


def batched(pairs: Numbered, symbols: int, seed: int) -> TokenBatches:
    """Batches of pairs, of about so many symbols each."""
    lengths = [[len(one) for one in side] for side in pairs]
    return TokenBatches(lengths[0], lengths[1], symbols, seed=seed)


@torch.no_grad()
def mean_loss(network: Network, pairs: Numbered, batches: Sequence[Tensor]) -> float:
    """The mean cross-entropy of a symbol of the targets, in nats."""
    total, count = 0.0, 0
    for places in batches:
        batch = pairs.batch(places)
        symbols = int(batch.lengths.sum())
        total += symbols * float(network.loss(batch, 0.0))
        count += symbols
    return total / count
