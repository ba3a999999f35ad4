"""How segment-wise networks learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.covariates import Around
from recurra.forecasting.segments.arrays import Arrays
from recurra.forecasting.segments.base import base
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.disturbing import disturbed
from recurra.forecasting.segments.linear import MOST, Linear, solve
from recurra.forecasting.segments.losses import Scaled, ScaledAndShare, naive_figures
from recurra.forecasting.segments.network import SegmentNetwork
from recurra.forecasting.segments.sampling import Windows
from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell
from recurra.training import Callback, Checkpoint, History, build_optimizer
from recurra.training.steps import StepTrainer

Array = NDArray[np.float64]
Loss = Callable[[Batch], Tensor]
"""Of a network on a batch, ()."""

MOST_JUDGED = 4096
"""Validation windows that a judgement looks at, evenly spaced."""

LOOKS = 12
"""Judgements in a training."""


@dataclass(frozen=True)
class Stretch:
    """The part of a series that is learned from, or chosen by: from one place up to another."""

    first: int
    end: int


def windows(
    arrays: Arrays,
    constants: Constants,
    stretches: Sequence[Stretch],
    least: int,
    around: Around | None = None,
) -> Windows:
    """The windows whose future lies in these stretches.

    The whole horizon must, where that leaves any window; else a part of it.

    Args:
        arrays: The series.
        constants: Of each.
        stretches: Of each.
        least: Points of the past that a window must have.
        around: The covariates of the same series, or None.
    """
    K = arrays.horizon
    first = np.array([max(one.first, least) for one in stretches])
    ends = np.array([one.end for one in stretches])
    whole = np.maximum(ends - K - first + 1, 0)
    partly = np.maximum(ends - first, 0)
    count = whole if whole.sum() else partly
    return Windows(
        arrays,
        torch.from_numpy(constants.naive.astype(np.float32)),
        torch.from_numpy(first.astype(np.int64)),
        torch.from_numpy(count.astype(np.int64)),
        torch.from_numpy(ends.astype(np.int64)),
        around,
        torch.from_numpy(constants.size.astype(np.float32)),
    )


def learn(
    settings: Settings,
    cell: Cell | str,
    train: Windows,
    validation: Windows | None,
    *,
    seed: int,
    linear: Linear | None = None,
    callbacks: Sequence[Callback] = (),
    seasons: Array | None = None,
    number: int = 0,
    checkpoint: Checkpoint | None = None,
) -> tuple[SegmentNetwork, History]:
    """Trains a network.

    Args:
        settings: Of it.
        cell: A cell or its name.
        train: To learn from.
        validation: To keep the best weights by; None to keep the last.
        seed: Of the initial weights, the windows that are drawn, and chance within the network.
        linear: What :func:`solve_linear` gave.
        callbacks: Such as one that shows progress.
        seasons: What smoothed seasons start from, see :meth:`Settings.build`.
        number: Which of an ensemble it is.
        checkpoint: Where the training is kept, if it is.
    """
    network = _build(lambda: settings.build(cell, seasons, number), seed, linear)
    generator = torch.Generator().manual_seed(seed)
    loss = _loss(settings, network, next(train.drawn(MOST_JUDGED, generator)))
    trainer: StepTrainer[Batch] = StepTrainer(
        network,
        loss,
        build_optimizer(
            settings.optimizer,
            [weight for weight in network.parameters() if weight.requires_grad],
            settings.learning_rate,
        ),
        settings.steps,
        judge=partial(_judged, loss, validation) if validation is not None else None,
        looks=LOOKS,
        callbacks=callbacks,
        weight=lambda batch: batch.counts.sum(),
    )
    drawn = train.drawn(settings.batch_size, generator)
    as_wished = _as_settings_say(settings, drawn, generator)
    with torch.random.fork_rng(devices=[]):
        # Dropout, and cells that draw, do so from torch's own state.
        torch.manual_seed(seed)
        return network, trainer.fit(as_wished, checkpoint=checkpoint)


def solve_linear(
    settings: Settings,
    cell: Cell | str,
    train: Windows,
    validation: Windows | None,
    *,
    seasons: Array | None = None,
    number: int = 0,
) -> Linear | None:
    """The linear way from windows to the horizon, if these settings have it solved.

    Args:
        settings: Of the networks.
        cell: Theirs.
        train: To learn from.
        validation: To choose the shrinkage by, where the settings do not tell it.
        seasons: What smoothed seasons start from.
        number: Of an ensemble, whose windows it is for.
    """
    if settings.linear != "solved":
        return None
    network = _build(lambda: settings.build(cell, seasons, number), seed=0)
    generator = torch.Generator().manual_seed(0)
    loss = _loss(settings, network, next(train.drawn(MOST_JUDGED, generator)))
    windows = train.all(1024, MOST)
    if settings.disturbed:
        again = train.all(1024, MOST)
        windows = chain(windows, _as_settings_say(settings, again, generator))
    judge = None if validation is None else partial(_judged, loss, validation)
    return solve(network.eval(), windows, judge, settings.shrinkage)


def _as_settings_say(
    settings: Settings, batches: Iterator[Batch], generator: torch.Generator
) -> Iterator[Batch]:
    if not settings.disturbed:
        return batches
    return disturbed(batches, settings.disturbed, settings.strange, generator)


def _build(
    build: Callable[[], SegmentNetwork], seed: int, linear: Linear | None = None
) -> SegmentNetwork:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build()
    if linear is not None:
        with torch.no_grad():
            network.skip.weight.copy_(linear.weight)
        network.skip.requires_grad_(False)
    return network


def _loss(settings: Settings, network: SegmentNetwork, batch: Batch) -> Loss:
    if network.head is not None:
        network.start(batch)
        return lambda batch: network.told(batch).loss(batch)
    metric = _metric(settings, network, batch)
    return lambda batch: metric(network(batch), batch)


def _metric(
    settings: Settings, network: SegmentNetwork, batch: Batch
) -> Callable[[Tensor, Batch], Tensor]:
    if not settings.shares:
        return Scaled()
    with torch.no_grad():
        framed = network.framed(batch)
        start = base(framed, batch.seen, settings.sizes.lag, settings.sizes.horizon)
        return ScaledAndShare(*naive_figures(network.frame.restored(start, framed), batch))


@torch.inference_mode()
def _judged(loss: Loss, held_out: Windows) -> float:
    parts = [(loss(batch), batch.counts.sum()) for batch in held_out.all(1024, MOST_JUDGED)]
    total = sum(float(count) for _, count in parts)
    return sum(float(one) * float(count) for one, count in parts) / max(total, 1.0)
