"""How a network learns, and how several answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.series_learning.network import Network
from recurra.applications.series_learning.preparation import Preparation
from recurra.applications.series_learning.rules import Plan
from recurra.training import (
    AdamW,
    Callback,
    Checkpoint,
    History,
    LengthBuckets,
    StepTrainer,
    padded,
    passes,
)
from recurra.training.mode import in_mode

SMOOTHING = 0.1
"""The share of the truth that is spread over all classes (Szegedy et al. 2016, section 7)."""

WEIGHT_DECAY = 0.01
PADDING = 0.3
TOGETHER = 64
"""Series answered at once."""


@dataclass(frozen=True)
class Examples:
    """Prepared series and their classes.

    Attributes:
        series: Each (S, D), N of them.
        classes: The class of each, int64 (N,).
    """

    series: Sequence[Tensor]
    classes: Tensor


def learn(
    preparation: Preparation,
    plan: Plan,
    classes: int,
    examples: Examples,
    places: Tensor,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Network, History]:
    """Trains a network for as long as the plan says; the average of its last weights is kept.

    Args:
        preparation: What varies and shows the series.
        plan: How.
        classes: C.
        examples: To learn from.
        places: Which of them, (M,).
        seed: Of the initial weights, of what is varied and hidden, and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(preparation, plan.sizes, classes)
        lengths = [len(examples.series[place]) for place in places.tolist()]
        buckets = LengthBuckets(lengths, plan.batch_size, padding=PADDING, seed=seed)

        def loss(some: Tensor) -> Tensor:
            # What is varied follows torch's chance, which a checkpoint keeps.
            read = [preparation.varied(examples.series[place]) for place in some.tolist()]
            scores = network(*_side_by_side(preparation, read))
            return functional.cross_entropy(
                scores, examples.classes[some], label_smoothing=SMOOTHING
            )

        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            loss,
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.epochs * len(buckets),
            looks=plan.epochs,
            warmup=max(1, plan.epochs * len(buckets) // 10),
            callbacks=callbacks,
        )
        history = trainer.fit((places[some] for some in passes(buckets)), checkpoint=checkpoint)
    network.eval()
    return network, history


def answers(
    networks: Sequence[Network], preparation: Preparation, series: Sequence[Tensor]
) -> Tensor:
    """The classes' probabilities of prepared series, the mean over networks, (N, C)."""
    parts = []
    # Series of like lengths together: little is padded.
    order = torch.tensor([len(one) for one in series]).argsort(stable=True)
    for some in torch.split(order, TOGETHER):
        read = _side_by_side(preparation, [series[place] for place in some.tolist()])
        parts.append(torch.stack([_answer(network, *read) for network in networks]).mean(0))
    return torch.cat(parts)[order.argsort()]


def _answer(network: Network, series: Tensor, lengths: Tensor) -> Tensor:
    with in_mode(network, training=False), torch.no_grad():
        found: Tensor = network(series, lengths).exp()
    return found


def _side_by_side(preparation: Preparation, series: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """(B, T, J), and the lengths (B,)."""
    return padded([preparation.shown(one) for one in series], torch.arange(len(series)))
