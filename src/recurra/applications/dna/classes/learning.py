"""How a network learns, and how several answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.dna.classes.network import Network
from recurra.applications.dna.classes.rules import Plan
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
from recurra.training.mode import in_mode

SMOOTHING = 0.05
"""The share of the truth that is spread over all classes (Szegedy et al. 2016, section 7)."""

WEIGHT_DECAY = 0.01
PADDING = 0.2
TOGETHER = 256
"""Sequences answered at once."""


@dataclass(frozen=True)
class Examples:
    """Sequences and their classes.

    Attributes:
        sequences: The numbers of each, uint8 (T_i,), N of them.
        classes: The class of each, int64 (N,).
        places: Which of them, int64 (M,).
    """

    sequences: Sequence[Tensor]
    classes: Tensor
    places: Tensor

    def at(self, places: Tensor) -> Examples:
        """Others of the same sequences."""
        return Examples(self.sequences, self.classes, places)


def learn(
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
        plan: How.
        classes: C.
        train: To learn from.
        held_out: To keep the best weights by; None to keep the last.
        seed: Of the initial weights, of what is hidden and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.

    Returns:
        The network, and its history; losses are cross-entropies in nats.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(plan.sizes, classes)
        lengths = [len(train.sequences[place]) for place in train.places.tolist()]
        buckets = LengthBuckets(lengths, plan.batch_size, padding=PADDING, seed=seed)

        def loss(places: Tensor) -> Tensor:
            found = network(*padded(train.sequences, places))
            return functional.cross_entropy(found, train.classes[places], label_smoothing=SMOOTHING)

        def judge() -> float:
            assert held_out is not None
            found = answers([network], held_out).clamp(min=1e-12).log()
            return float(functional.nll_loss(found, held_out.classes[held_out.places]))

        stopping = [EarlyStopping(patience=plan.patience)] if held_out is not None else []
        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            loss,
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.epochs * len(buckets),
            looks=plan.epochs,
            warmup=max(1, len(buckets) // 2),
            judge=None if held_out is None else judge,
            callbacks=[*callbacks, *stopping],
        )
        history = trainer.fit(
            (train.places[some] for some in passes(buckets)), checkpoint=checkpoint
        )
    network.eval()
    return network, history


def answers(networks: Sequence[Network], examples: Examples) -> Tensor:
    """The mean of the networks' probabilities, (M, C)."""
    found = torch.zeros(len(examples.places), networks[0].structure.head.vocabulary_size)
    lengths = [len(examples.sequences[place]) for place in examples.places.tolist()]
    if not lengths:
        return found
    for some in LengthBuckets(lengths, TOGETHER, padding=PADDING):
        numbers, own = padded(examples.sequences, examples.places[some])
        for network in networks:
            with in_mode(network, training=False), torch.no_grad():
                found[some] += network(numbers, own).exp() / len(networks)
    return found
