"""Training with dropout and averaged weights, of which the best on validation stay."""

from __future__ import annotations

import math
import time
from copy import deepcopy
from dataclasses import dataclass

import torch
from model import build, nats_per_step, training_loss
from pieces import Batches, Collection
from settings import Settings
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from recurra import AdamW, EachToEach
from recurra.training import Clip

CLIP_NORM = 1.0


@dataclass
class Trained:
    """A model, and how it came about.

    Attributes:
        model: With the averaged weights of the pass that was best, in evaluation mode.
        nats: On the validation part.
        best: The pass it is of.
        minutes: The whole training, validation included.
    """

    model: EachToEach
    nats: float = math.inf
    best: int = 0
    minutes: float = 0.0


def train(settings: Settings, music: Collection, seed: int) -> Trained:
    """Trains, and keeps the averaged weights that were best on the validation part."""
    torch.manual_seed(seed)
    start = time.perf_counter()
    model = build(settings)
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(settings.averaged))
    optimizer = AdamW(model.parameters(), lr=settings.rate, weight_decay=settings.decay)
    batches = Batches(music.train, settings.rows, seed)
    found = Trained(deepcopy(model).eval())
    for number in range(1, settings.passes + 1):
        for group in optimizer.param_groups:
            group["lr"] = settings.rate * _share(number, settings.passes)
        loss = _pass(model, mean, batches, optimizer, settings.output_dropout)
        if number % settings.looks == 0 or number == settings.passes:
            _look(mean, music, number, found)
            found.minutes = (time.perf_counter() - start) / 60
            _tell(settings, number, loss, found)
    return found


def _share(number: int, passes: int) -> float:
    """How much of the learning rate a pass has: half a cosine, from all of it to a hundredth."""
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * (number - 1) / passes))


def _pass(
    model: EachToEach, mean: AveragedModel, batches: Batches, optimizer: AdamW, dropout: float
) -> float:
    losses = []
    for batch in batches:
        optimizer.zero_grad()
        loss = training_loss(model, batch, dropout)
        loss.backward()
        optimizer.step(clip=Clip(CLIP_NORM))
        mean.update_parameters(model)
        losses.append(loss.item())
    return sum(losses) / len(losses)


def _look(mean: AveragedModel, music: Collection, number: int, found: Trained) -> None:
    averaged = mean.module
    assert isinstance(averaged, EachToEach)
    here = nats_per_step(averaged.eval(), music.validation)
    if here < found.nats:
        found.nats, found.best = here, number
        found.model.load_state_dict(averaged.state_dict())


def _tell(settings: Settings, number: int, loss: float, found: Trained) -> None:
    left = found.minutes * (settings.passes / number - 1)
    print(
        f"{settings.name}, pass {number} of {settings.passes}: {loss:.3f}, best on validation "
        f"{found.nats:.3f} (pass {found.best}), {left:.1f} min left",
        flush=True,
    )
