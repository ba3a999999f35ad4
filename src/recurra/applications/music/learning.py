"""How the network learns from pieces, and how likely it finds them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from recurra.applications.music.network import Composer
from recurra.applications.music.rules import Plan
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    LengthBuckets,
    StepTrainer,
    padded,
    passes,
)

WEIGHT_DECAY = 0.01
AVERAGED = 0.998
"""What the running mean of the weights keeps of itself at each step."""

STRETCH = 2000
"""Steps of a piece that the gradient goes back over, at most: longer ones are cut."""

TOGETHER = 16
"""Pieces that are read at once where nothing is learned."""


def learn(
    plan: Plan,
    pieces: Sequence[Tensor],
    chosen_by: Sequence[Tensor],
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Composer, History]:
    """Trains a network on pieces.

    Args:
        plan: How.
        pieces: To learn from, uint8 (T, 88) each.
        chosen_by: To keep the best weights by.
        seed: Of the initial weights, of what is hidden, and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    stretches = [part for piece in pieces for part in torch.split(piece, STRETCH)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        composer = Composer(plan)
        buckets = LengthBuckets([len(one) for one in stretches], plan.batch_size, seed=seed)

        def loss(some: Tensor) -> Tensor:
            rolls, lengths = padded(stretches, some)
            return composer.loss(rolls.float(), lengths)

        trainer: StepTrainer[Tensor] = StepTrainer(
            composer,
            loss,
            AdamW(composer.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            max(1, round(plan.passes * len(buckets))),
            looks=plan.looks,
            keep=AVERAGED,
            judge=lambda: nats(composer, chosen_by).mean,
            callbacks=[*callbacks, EarlyStopping(patience=plan.patience)],
            weight=lambda some: sum(len(stretches[place]) for place in some.tolist()),
        )
        history = trainer.fit(passes(buckets), checkpoint=checkpoint)
    composer.eval()
    return composer, history


class Nats:
    """The nats of pieces.

    Attributes:
        total: Of all steps but the first of each piece.
        steps: How many these are.
    """

    def __init__(self) -> None:
        self.total, self.steps = 0.0, 0

    @property
    def mean(self) -> float:
        """Of a step."""
        return self.total / self.steps


@torch.no_grad()
def nats(composer: Composer, pieces: Sequence[Tensor]) -> Nats:
    """How likely pieces of at least two steps are, each read from its beginning."""
    found = Nats()
    for some in LengthBuckets([len(one) for one in pieces], TOGETHER):
        rolls, lengths = padded(pieces, some)
        rolls = rolls.float()
        each = composer.structure.head.nll(composer(rolls, lengths), rolls)[:, 1:]
        live = torch.arange(1, rolls.shape[1]) < lengths.unsqueeze(1)
        found.total += float(each[live].double().sum())
        found.steps += int(live.sum())
    return found
