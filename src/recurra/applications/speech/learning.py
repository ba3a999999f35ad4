"""How a network learns to hear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from recurra.applications.speech.network import Network
from recurra.applications.speech.rules import Plan
from recurra.applications.speech.spectrum import Scale, with_edges
from recurra.applications.speech.variation import (
    Spoken,
    cropped,
    hidden,
    strings,
    varied,
    with_noise,
    with_silence,
)
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
from recurra.training.mode import in_mode

WEIGHT_DECAY = 0.01
PADDING = 0.3
TOGETHER = 32
"""Recordings heard at once."""


@dataclass(frozen=True)
class Joining:
    """How recordings are joined in training.

    Attributes:
        share: Of the steps in which they are.
        space: The letter between two texts, (1,), or none.
    """

    share: float
    space: Tensor


def learn(
    network: Network,
    scale: Scale,
    plan: Plan,
    train: Sequence[Spoken],
    held_out: Sequence[Spoken],
    *,
    joining: Joining,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> History:
    """Trains a network; torch's chance is its chance.

    Args:
        network: Which.
        scale: The usual level of each band.
        plan: How.
        train: To learn from.
        held_out: To keep the best weights by; empty to keep the last.
        joining: How recordings are joined.
        seed: Of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    buckets = LengthBuckets(
        [len(one.power) for one in train], plan.batch_size, padding=PADDING, seed=seed
    )

    def loss(places: Tensor) -> Tensor:
        seen, texts = batch([train[n] for n in places.tolist()], scale, joining)
        in_pieces = plan.cuts > 0 and float(torch.rand(())) < plan.cuts
        return network.loss(seen, texts, in_pieces=in_pieces)

    trainer: StepTrainer[Tensor] = StepTrainer(
        network,
        loss,
        AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
        plan.epochs * len(buckets),
        looks=plan.epochs,
        warmup=max(1, plan.epochs * len(buckets) // 10),
        judge=(lambda: mean_loss(network, scale, held_out)) if held_out else None,
        callbacks=[*callbacks, *([EarlyStopping(patience=plan.patience)] if held_out else [])],
        weight=lambda places: sum(len(train[place].letters) for place in places.tolist()),
    )
    history = trainer.fit(passes(buckets), checkpoint=checkpoint)
    network.eval()
    return history


def batch(
    spoken: Sequence[Spoken], scale: Scale, joining: Joining
) -> tuple[list[Tensor], list[Tensor]]:
    """What a network sees of some recordings in training, varied, perhaps joined; and the texts."""
    if not joining.share:
        spoken = [replace(one, power=cropped(one.power)) for one in spoken]
    own = [varied(one) for one in spoken]
    if float(torch.rand(())) < joining.share:
        dealt = strings(spoken, joining.space)
        rows = [[own[place] for place in some] for some, _ in dealt]
        texts = [letters for _, letters in dealt]
    else:
        rows, texts = [[one] for one in own], [one.letters for one in spoken]
    return [hidden(scale.shown(with_noise(with_silence(row)))) for row in rows], texts


@torch.no_grad()
def mean_loss(network: Network, scale: Scale, spoken: Sequence[Spoken]) -> float:
    """The loss of recordings as they are, in nats a letter."""
    total, letters = 0.0, 0
    for some in _groups([len(one.power) for one in spoken]):
        chosen = [spoken[place] for place in some]
        count = sum(len(one.letters) for one in chosen)
        seen = [scale.shown(with_edges(one.power)) for one in chosen]
        total += count * float(network.loss(seen, [one.letters for one in chosen]))
        letters += count
    return total / letters


@torch.no_grad()
def answers(network: Network, scale: Scale, powers: Sequence[Tensor]) -> list[Tensor]:
    """The log-probabilities of letters at each step of recordings, (S_i, V) each.

    The steps begin with the silence that is heard before a recording.

    Args:
        network: What hears.
        scale: The usual level of each band.
        powers: In bands of frequency, (T_i, 40) each, N of them.
    """
    found: list[Tensor] = [torch.empty(0)] * len(powers)
    with in_mode(network, training=False):
        for some in _groups([len(one) for one in powers]):
            log_probs, lengths = network([scale.shown(with_edges(powers[place])) for place in some])
            for place, row, length in zip(some, log_probs, lengths.tolist(), strict=True):
                found[place] = row[:length]
    return found


def _groups(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of recordings of like lengths together, so that little is padded."""
    order = torch.tensor(lengths, dtype=torch.int64).argsort(stable=True)
    for some in torch.split(order, TOGETHER):
        if len(some):
            yield some.tolist()
