"""One run: with the picture or without, a seed."""

from __future__ import annotations

import copy
import math
import time
from dataclasses import dataclass, field
from typing import Any

import torch
from augment import blurred, moved
from model import Draughtsman
from scores import nats
from sequences import Sequences, steps

from recurra import AdamW
from recurra.training import Clip, LengthBuckets

BATCH, RATE, DECAY, CLIP, PADDING = 20, 2e-3, 0.01, 1.0, 0.15


@dataclass(frozen=True)
class Plan:
    """What makes a run what it is."""

    sees: bool
    seed: int
    epochs: int
    moves: bool


@dataclass
class Run:
    """What came of it.

    Attributes:
        weights: Of the pass that was best on the validation part.
        best: Which pass, from 1.
        curve: Nats a step on the training part, as it was trained, and on the validation part.
        seconds: Their time.
    """

    weights: dict[str, Any] = field(default_factory=dict)
    best: int = 0
    curve: list[tuple[float, float]] = field(default_factory=list)
    seconds: float = 0.0


def run(plan: Plan, train: Sequences, validation: Sequences, scale: float) -> Run:
    """Trains for so many passes; keeps the weights that did best on the validation part."""
    torch.manual_seed(plan.seed)
    learner, found = Learner(plan, scale), Run()
    batches = LengthBuckets(train.lengths, BATCH, padding=PADDING, seed=plan.seed)
    begun = time.perf_counter()
    for epoch in range(plan.epochs):
        learner.slow_down(_share(epoch, plan.epochs))
        learnt = learner.one_pass(batches, train)
        held = nats(learner.model, validation, scale).step
        if not found.curve or held < min(one for _, one in found.curve):
            found.weights, found.best = copy.deepcopy(learner.model.state_dict()), epoch + 1
        found.curve.append((learnt, held))
        found.seconds = time.perf_counter() - begun
        _tell(plan, found)
    return found


class Learner:
    """A model, what trains it, and where its chance comes from."""

    def __init__(self, plan: Plan, scale: float) -> None:
        self.plan, self.scale = plan, scale
        self.model = Draughtsman(sees=plan.sees, scale=scale)
        self.optimizer = AdamW(self.model.parameters(), lr=RATE, weight_decay=DECAY)
        self.clip = Clip(CLIP)
        self.generator = torch.Generator().manual_seed(plan.seed)

    def slow_down(self, share: float) -> None:
        """Takes a share of the learning rate."""
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * share

    def one_pass(self, batches: LengthBuckets, train: Sequences) -> float:
        """Learns from all drawings once; nats a step, as they were met."""
        self.model.train()
        total = sum(self._learn(train[rows]) * int(train.lengths[rows].sum()) for rows in batches)
        return total / int(train.lengths.sum()) + 2 * math.log(self.scale)

    def _learn(self, batch: Sequences) -> float:
        if self.plan.moves:
            batch = moved(batch, self.generator)
        targets = steps(blurred(batch, self.generator), self.scale)
        features = self.model.features(batch.pictures, targets)
        loss = self.model.head.loss(features, targets, batch.lengths)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step(clip=self.clip)
        return loss.item()


def _share(epoch: int, epochs: int) -> float:
    """How much of the learning rate a pass has: half a cosine, from all of it to a fiftieth."""
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * epoch / epochs))


def _tell(plan: Plan, found: Run) -> None:
    done = len(found.curve)
    left = found.seconds / done * (plan.epochs - done)
    learnt, held = found.curve[-1]
    print(
        f"{'with' if plan.sees else 'without'} the picture, seed {plan.seed}, pass {done}: "
        f"{learnt:.3f}, validation {held:.3f} nats a step; {left:.0f} s left",
        flush=True,
    )
