"""A job beside plain torch.nn models of the same size, step by step in turn."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from recurra.training import Callback, Trainer

WARM = 5
"""Steps that do not count: code is compiled in the first, and memory is taken."""

OURS = "Recurra"


@dataclass(frozen=True)
class Speed:
    """What was measured of a contestant.

    Attributes:
        rate: Tokens a second, the median over steps.
        times: How many times as fast Recurra was in the same step, the median over steps.
    """

    rate: float
    times: float


class Peer(Protocol):
    """A plain model."""

    def step(self) -> int:
        """Trains on the next batch, the same as the job's; how many tokens it has."""
        ...


class Contest(Protocol):
    """A job and its peers.

    Attributes:
        title: The job, and how large the network is.
        tokens: What a token is.
        peers: Plain models of the same size, by name.
    """

    title: str
    tokens: str

    @property
    def peers(self) -> Mapping[str, Peer]:
        """Plain models of the same size, by name."""
        ...

    def fit(self, watch: Sequence[Callback]) -> None:
        """Fits the job, over the batches that the peers have."""
        ...

    def predictions(self) -> Mapping[str, Mapping[str, Callable[[], int]]]:
        """By what is asked, who answers: each call answers once and tells how many tokens it had.

        They are those of a job that was fitted.
        """
        ...


class Turns(Callback):
    """Lets the peers take the same step after each of the job's, and times all of them.

    What is between two steps of the job's, the judging of weights, is not counted.
    """

    def __init__(self, peers: Mapping[str, Peer]) -> None:
        self.peers = peers
        self.tokens: list[int] = []
        self.seconds: dict[str, list[float]] = defaultdict(list)

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Starts the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Stops it, and lets the others run."""
        self.seconds[OURS].append(time.perf_counter() - self._started)
        counts = []
        for name, peer in self.peers.items():
            started = time.perf_counter()
            counts.append(peer.step())
            self.seconds[name].append(time.perf_counter() - started)
        self.tokens.append(counts[0])
        self._started = time.perf_counter()

    def speeds(self) -> dict[str, Speed]:
        """Of each."""
        counted = {name: one[WARM:] for name, one in self.seconds.items()}
        return speeds(self.tokens[WARM:], counted)


def in_turn(contestants: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, Speed]:
    """Each answers once a round; a round comes first that does not count."""
    tokens: list[int] = []
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds + 1):
        for name, answer in contestants.items():
            started = time.perf_counter()
            count = answer()
            seconds[name].append(time.perf_counter() - started)
        tokens.append(count)
    return speeds(tokens[1:], {name: one[1:] for name, one in seconds.items()})


def speeds(tokens: Sequence[int], seconds: Mapping[str, Sequence[float]]) -> dict[str, Speed]:
    """From the tokens and the seconds of each step."""
    ours = seconds[OURS]
    return {
        name: Speed(
            statistics.median(n / s for n, s in zip(tokens, one, strict=True)),
            statistics.median(s / own for s, own in zip(one, ours, strict=True)),
        )
        for name, one in seconds.items()
    }


@dataclass
class PlainTraining:
    """What a training in plain PyTorch does: AdamW, gradients clipped to a norm of 1.

    Attributes:
        model: The model.
        loss: Its loss on the next batch, and how many tokens that has.
    """

    model: nn.Module
    loss: Callable[[], tuple[Tensor, int]]

    def __post_init__(self) -> None:
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=2e-3, weight_decay=0.05)

    def step(self) -> int:
        """Trains on the next batch."""
        self.model.train()
        self.optimizer.zero_grad()
        loss, tokens = self.loss()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        return tokens


def parameters(model: nn.Module) -> int:
    """How many numbers it learns."""
    return sum(weight.numel() for weight in model.parameters())
