"""How a network learns from stretches of periods, and how several answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from recurra.applications.prices.features import WIDTH, Seen
from recurra.applications.prices.network import Network
from recurra.applications.prices.parting import Places
from recurra.applications.prices.path import moves
from recurra.applications.prices.quotes import Numbers
from recurra.applications.prices.rules import Plan
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

WEIGHT_DECAY = 0.05
TOGETHER = 512
"""Stretches that are read at once where nothing is learned."""


@dataclass(frozen=True)
class Stretches:
    """Stretches of periods to learn from.

    Attributes:
        features: (T, 10) each.
        targets: The path after each period, (T, 4) each.
    """

    features: list[Tensor]
    targets: list[Tensor]


def stretches(tickers: Sequence[Seen], places: Places, lookback: int) -> Stretches:
    """Cuts the periods at whose close something is foretold into stretches that overlap by half."""
    features, targets = [], []
    for one, some in zip(tickers, places, strict=True):
        for begin in range(0, max(1, len(some) - lookback // 2), max(1, lookback // 2)):
            part = some[begin : begin + lookback]
            if len(part):
                features.append(_float(one.features[part]))
                targets.append(_float(one.targets[part]))
    return Stretches(features, targets)


def learn(
    plan: Plan,
    learned: Stretches,
    tickers: Sequence[Seen],
    chosen_by: Places,
    *,
    seed: int,
    callbacks: Sequence[Callback] = (),
    checkpoint: Checkpoint | None = None,
) -> tuple[Network, History]:
    """Trains a network.

    Args:
        plan: How.
        learned: To learn from.
        tickers: All there are.
        chosen_by: The periods of each after which the best weights are told by what comes.
        seed: Of the initial weights, of what is hidden, and of the order.
        callbacks: Such as one that shows progress.
        checkpoint: Where the training is kept, and goes on from.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network(plan)
        lengths = [len(one) for one in learned.features]
        buckets = LengthBuckets(lengths, plan.batch_size, seed=seed)

        def loss(some: Tensor) -> Tensor:
            features, lengths = padded(learned.features, some)
            return network.loss(features, padded(learned.targets, some)[0], lengths)

        trainer: StepTrainer[Tensor] = StepTrainer(
            network,
            loss,
            AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=WEIGHT_DECAY),
            plan.passes * len(buckets),
            looks=plan.looks,
            judge=lambda: error(network, tickers, chosen_by, plan.lookback),
            callbacks=[*callbacks, EarlyStopping(patience=plan.patience)],
            weight=lambda some: sum(len(learned.features[place]) for place in some.tolist()),
        )
        history = trainer.fit(passes(buckets), checkpoint=checkpoint)
    network.eval()
    return network, history


def error(network: Network, tickers: Sequence[Seen], places: Places, lookback: int) -> float:
    """The mean absolute error of the four prices, in logarithms by the scale."""
    off = [
        np.abs(moves(path) - moves(one.targets[some])).mean(1)
        for path, one, some in zip(
            foretold([network], tickers, places, lookback), tickers, places, strict=True
        )
    ]
    return float(np.concatenate(off).mean())


@torch.no_grad()
def foretold(
    networks: Sequence[Network], tickers: Sequence[Seen], places: Places, lookback: int
) -> list[Numbers]:
    """The paths after some periods of each ticker, the mean over networks, (M, 4) each."""
    before = torch.zeros(lookback - 1, WIDTH)
    # One ticker behind the other, before each what is behind the end of a short past.
    features = torch.cat([part for one in tickers for part in (before, _float(one.features))])
    begins = np.cumsum([0, *(len(one) + lookback - 1 for one in tickers)])
    ends = torch.from_numpy(np.concatenate([some + 1 for some in places]))
    shifts = [np.full(len(some), begin) for begin, some in zip(begins, places, strict=False)]
    starts = torch.from_numpy(np.concatenate(shifts)) + lookback - 1
    found = [np.zeros((0, 4))]
    for some in torch.split(torch.arange(len(ends)), TOGETHER) if len(ends) else ():
        lengths = ends[some].clamp(max=lookback)
        first = starts[some] + ends[some] - lengths
        index = (first[:, None] + torch.arange(lookback)).clamp(max=len(features) - 1)
        read = features[index]
        answers = torch.stack([network(read, lengths) for network in networks])
        found.append(answers.double().mean(0).numpy())
    sizes = np.cumsum([len(some) for some in places])[:-1]
    return np.split(np.concatenate(found), sizes)


def _float(values: Numbers) -> Tensor:
    return torch.from_numpy(values).float()
