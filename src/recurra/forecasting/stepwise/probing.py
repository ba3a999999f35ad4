"""Windows on newer data that a step-by-step network is examined on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from recurra.errors import DataError
from recurra.forecasting.panel import Series
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.stepwise.pace import time_before
from recurra.forecasting.stepwise.windows import Windows


def probe(
    model: StepModel, series: Sequence[Series], most: int, source: str
) -> tuple[Tensor, Tensor]:
    """What the network sees before values that came, and what it should answer.

    Args:
        model: Left as it is, also where a series is new to it.
        series: Newer histories.
        most: How many windows, evenly spaced over all.
        source: What the series were read from, for errors.

    Returns:
        Inputs (B, L, I) and targets (B, 1).

    Raises:
        DataError: If a series is too short, or none has a value after those that the model sees.
    """
    windows = _windows(model.copy(), series)
    if not len(windows):
        raise DataError(
            f"{source}, in which no series has a value after the {model.reach} that the model sees",
            f"at least {model.reach + 1} points of a series",
            "give a longer history",
        )
    chosen = torch.linspace(0, len(windows) - 1, min(most, len(windows))).round().long()
    return windows[chosen]


def _windows(model: StepModel, series: Sequence[Series]) -> Windows:
    numbers = np.array([model.number_of(one) for one in series])
    pace = model.known.sight.pace
    offset, values, targets, owners = 0, [], [], []
    for owner, one in enumerate(series):
        values.append(model.known.scaled(one.values[None], numbers[owner : owner + 1])[0])
        places = model.reach + np.flatnonzero(one.observed[model.reach :])
        targets.append(offset + places)
        owners.append(np.full(len(places), owner))
        offset += len(one.values)
    return Windows(
        torch.cat(values),
        torch.from_numpy(np.concatenate(targets)),
        torch.from_numpy(np.concatenate(owners)),
        model.known.changes(numbers),
        gaps=None if pace is None else torch.cat([pace.scaled(time_before(one)) for one in series]),
    )
