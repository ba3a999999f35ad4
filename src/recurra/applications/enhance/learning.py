"""How the network learns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.enhance.material import Material
from recurra.applications.enhance.network import Network
from recurra.applications.enhance.rules import Plan
from recurra.training import Adam, Callback, Checkpoint, History, StepTrainer

LOOKS = 20
WARMUP = 100
CLIP = 0.5
KEEP = 0.999
"""The share of the weights' average that a step leaves."""

CHANCE = 1
"""Where the noise on what is held out starts, whatever the training's seed is."""


def learn(
    plan: Plan,
    network: Network,
    train: Material,
    held_out: Material | None,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> History:
    """Trains a network, and leaves it with the best averaged weights by what is held out.

    The loss is the mean squared error in parts of what was wrong before: 1 is as wrong as given.

    Args:
        plan: How.
        network: To train.
        train: To learn from.
        held_out: To keep the best weights by; None to keep the last.
        seed: Of the order. Where crops are cut, and noise, follow torch's chance.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    unit = network.levels.difference**2
    judged = [] if held_out is None else _prepared(held_out)

    def loss(places: Tensor) -> Tensor:
        given, clean = train.batch(places, plan.crop)
        return functional.mse_loss(network(given), clean) / unit

    @torch.no_grad()
    def judge() -> float:
        apart = [functional.mse_loss(network(given), clean) for given, clean in judged]
        return float(torch.stack(apart).mean()) / unit

    trainer: StepTrainer[Tensor] = StepTrainer(
        network,
        loss,
        Adam(network.parameters(), lr=plan.learning_rate),
        plan.steps,
        looks=min(LOOKS, plan.steps),
        warmup=WARMUP,
        clip_norm=CLIP,
        keep=KEEP,
        judge=judge if judged else None,
        callbacks=callbacks,
    )
    history = trainer.fit(_places(len(train), plan.batch_size, seed), checkpoint=checkpoint)
    network.eval()
    return history


def _prepared(held_out: Material) -> list[tuple[Tensor, Tensor]]:
    """Given and clean, (1, C, H, W) each."""
    chance = torch.Generator().manual_seed(CHANCE)
    pairs = [held_out.whole(place, chance) for place in range(len(held_out))]
    return [(given.unsqueeze(0), clean.unsqueeze(0)) for given, clean in pairs]


def _places(count: int, batch_size: int, seed: int) -> Iterator[Tensor]:
    """Places without end, each as often as the others."""
    chance = torch.Generator().manual_seed(seed)
    waiting = torch.empty(0, dtype=torch.int64)
    while True:
        while len(waiting) < batch_size:
            waiting = torch.cat([waiting, torch.randperm(count, generator=chance)])
        yield waiting[:batch_size]
        waiting = waiting[batch_size:]
