"""How a network learns, and how several answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.sentiment.batch import batch
from recurra.applications.sentiment.network import Network
from recurra.applications.sentiment.rules import Plan
from recurra.applications.words import Lexicon, Read
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

SMOOTHING = 0.1
"""The share of the truth that is spread over all classes (Szegedy et al. 2016, section 7)."""

WEIGHT_DECAY = 0.05
PADDING = 0.2
TOGETHER = 64
"""Texts answered at once."""


@dataclass(frozen=True)
class Examples:
    """Texts and their classes.

    Attributes:
        read: The texts, N of them.
        classes: The class of each, int64 (N,).
        places: Which of them, int64 (M,).
    """

    read: Read
    classes: Tensor
    places: Tensor


def learn(
    lexicon: Lexicon,
    plan: Plan,
    classes: int,
    train: Examples,
    held_out: Examples | None,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Network, History]:
    """Trains a network.

    Args:
        lexicon: What read the texts.
        plan: How.
        classes: C.
        train: To learn from.
        held_out: To keep the best weights by; None to keep the last.
        seed: Of the initial weights, of what is hidden and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(lexicon, plan.sizes, classes)
        lengths = [min(plan.longest, len(train.read.texts[i])) for i in train.places.tolist()]
        buckets = LengthBuckets(lengths, plan.batch_size, padding=PADDING, seed=seed)

        def loss(places: Tensor) -> Tensor:
            scores = network(batch(train.read, lexicon, places, plan.longest))
            return functional.cross_entropy(
                scores, train.classes[places], label_smoothing=SMOOTHING
            )

        def judge() -> float:
            assert held_out is not None
            found = answers([network], lexicon, held_out.read, held_out.places, plan.longest)
            return float(functional.nll_loss(found.log(), held_out.classes[held_out.places]))

        stopping = [EarlyStopping(patience=plan.patience)] if held_out is not None else []
        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            loss,
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.epochs * len(buckets),
            looks=plan.epochs,
            warmup=max(1, len(buckets) // 3),
            judge=None if held_out is None else judge,
            callbacks=[*callbacks, *stopping],
        )
        history = trainer.fit(
            (train.places[some] for some in passes(buckets)), checkpoint=checkpoint
        )
    network.eval()
    return network, history


def answers(
    networks: Sequence[Network], lexicon: Lexicon, read: Read, places: Tensor, longest: int
) -> Tensor:
    """The classes' probabilities of some texts, the mean over networks, (M, C)."""
    lengths = torch.tensor([len(read.texts[place]) for place in places.tolist()])
    parts = []
    # Texts of like lengths together: little is padded.
    order = lengths.argsort(stable=True)
    for some in torch.split(order, TOGETHER):
        one = batch(read, lexicon, places[some], longest)
        parts.append(torch.stack([_answer(network, one) for network in networks]).mean(0))
    return torch.cat(parts)[order.argsort()]


def _answer(network: Network, texts: object) -> Tensor:
    with in_mode(network, training=False), torch.no_grad():
        found: Tensor = network(texts).exp()
    return found
