"""The windows that a step-by-step model learns from and is chosen by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from recurra.forecasting.plan import Split
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.stepwise.known import Known
from recurra.forecasting.stepwise.pace import time_before
from recurra.forecasting.stepwise.windows import Windows


@dataclass(frozen=True)
class Examples:
    """The windows to train on and those to choose by.

    Attributes:
        train: To train on.
        validation: To choose by.
        notes: How they differ from all windows there are, a sentence each.
    """

    train: Windows
    validation: Windows
    notes: tuple[str, ...]


def examples(prepared: Sequence[Prepared], known: Known, bounds: Bounds) -> Examples | None:
    """Windows on all series that vary, laid end to end.

    A window's target must have been observed; the values before it may have been filled.

    Args:
        prepared: The series.
        known: Their constants.
        bounds: How few and how many windows to take.

    Returns:
        None if no series varies or nothing was observed, so that there is nothing to learn.
    """
    varied = [one for one in prepared if not one.scale.constant]
    if not varied:
        return None
    values = torch.cat([one.scaled for one in varied])
    changes, reach = known.changes(one.number for one in varied), known.sight.reach
    train, train_series = _targets(varied, lambda split: (reach, split.train))
    held_out, held_out_series = _targets(
        varied, lambda split: (split.train, split.train + split.validation)
    )
    if not len(train) or not len(held_out):
        return None
    passes = -(-bounds.least // len(train))
    stride = -(-len(held_out) // bounds.most_validation)
    gaps = _gaps(varied, known)
    return Examples(
        Windows(values, train, train_series, changes, passes, gaps),
        Windows(values, held_out[::stride], held_out_series[::stride], changes, gaps=gaps),
        bounds.notes(len(train), passes, stride),
    )


def _gaps(prepared: Sequence[Prepared], known: Known) -> Tensor | None:
    """The time before each value, (N,), where times follow no step."""
    pace = known.sight.pace
    if pace is None:
        return None
    return torch.cat([pace.scaled(time_before(one.series)) for one in prepared])


@dataclass(frozen=True)
class Bounds:
    """How few and how many windows an epoch takes.

    Attributes:
        least: Fewer training windows are gone over several times.
        most: The most training windows that an epoch draws.
        most_validation: Of more validation windows evenly spaced ones are taken.
    """

    least: int
    most: int
    most_validation: int

    def notes(self, train: int, passes: int, stride: int) -> tuple[str, ...]:
        """What they do to so many windows, a sentence each."""
        notes = []
        if passes > 1:
            notes.append(f"an epoch goes over the {train:,} training windows {passes} times")
        if train > self.most:
            notes.append(f"an epoch draws {self.most:,} of the {train:,} training windows anew")
        if stride > 1:
            notes.append(f"of the validation windows one in {stride} is used")
        return tuple(notes)


def _targets(
    prepared: Sequence[Prepared], part: Callable[[Split], tuple[int, int]]
) -> tuple[Tensor, Tensor]:
    """The observed values of a part of each series: where they stand end to end, and whose."""
    offset, places, owners = 0, [], []
    for number, one in enumerate(prepared):
        first, end = part(one.split)
        places.append(offset + first + np.flatnonzero(one.series.observed[first:end]))
        owners.append(np.full(len(places[-1]), number))
        offset += len(one.series.values)
    return torch.from_numpy(np.concatenate(places)), torch.from_numpy(np.concatenate(owners))
