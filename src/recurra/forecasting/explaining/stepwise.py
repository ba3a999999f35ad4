"""What a step-by-step model is asked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.explain.examining import Asked
from recurra.forecasting.histories import Histories
from recurra.forecasting.stepwise.model import StepModel


def asked_stepwise(model: StepModel, rows: Histories, ahead: int) -> Asked:
    """The next value, from the values before it.

    Args:
        model: The model.
        rows: One row, of R values or more: the network then reads on from further back.
        ahead: 1.

    Raises:
        OptionError: If a later value is asked for, or more values than the network can read.
    """
    if ahead != 1:
        raise OptionError(
            f"ahead={ahead} of a model that forecasts step by step, from its own forecasts",
            "1, the next value",
        )
    known, sight = model.known, model.known.sight
    reach = rows.values.shape[1]
    if reach > sight.reach and sight.lag > sight.lookback:
        raise OptionError(
            f"steps={reach} of a model that sees the season before beside each value",
            f"{sight.reach}, what it reads",
            "leave steps out",
        )
    wide = sight if reach == sight.reach else replace(sight, lookback=reach)
    mean, deviation = (float(one) for one in _units(model, rows))
    changes = known.changes(rows.series)

    def ask(network: nn.Module, x: Tensor) -> Tensor:
        scaled = (x[..., 0] - mean) / deviation
        answer = network(wide.inputs(scaled))[:, 0]
        value = changes.values(scaled[:, -sight.lag], answer)
        return value * deviation + mean

    x = torch.from_numpy(rows.values[0].astype(np.float32)).unsqueeze(1)
    return Asked(model.network, x, x.mean(0, keepdim=True).expand_as(x), ask)


def _units(model: StepModel, rows: Histories) -> tuple[float, float]:
    """What 0 and 1 in standard units are in the unit of the series."""
    low, high = model.known.restored(np.array([[0.0, 1.0]]), rows.series)[0]
    return low, high - low
