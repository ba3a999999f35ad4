"""What a segment-by-segment model is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from torch import Tensor, nn

from recurra.errors import OptionError
from recurra.explain.examining import Asked
from recurra.explain.tracing import Trace
from recurra.forecasting.histories import Histories
from recurra.forecasting.segments.model import SegmentModel


def asked_segments(model: SegmentModel, shown: nn.Module, rows: Histories, ahead: int) -> Asked:
    """A value to come, from the window before it.

    Args:
        model: The model.
        shown: The one of its networks that is asked.
        rows: One row of L values.
        ahead: Which value to come, from 1 to K.

    Raises:
        OptionError: If it lies beyond the horizon.
    """
    horizon = model.settings.sizes.horizon
    if ahead > horizon:
        raise OptionError(f"ahead={ahead}", f"from 1 to {horizon}, the horizon that was learned")
    zero, unit = _units(model, rows, ahead)

    def ask(network: nn.Module, x: Tensor) -> Tensor:
        batch = model.batch(rows[np.zeros(len(x), np.int64)])
        answer: Tensor = network(replace(batch, past=x[..., 0] * batch.seen))
        return answer[:, ahead - 1] * unit + zero

    batch = model.batch(rows)
    x = batch.past[0].unsqueeze(1)
    mean = batch.past.sum() / batch.seen.sum().clamp(min=1)
    return Asked(shown, x, mean.expand_as(x), ask)


def _units(model: SegmentModel, rows: Histories, ahead: int) -> tuple[float, float]:
    """What 0 and 1 in the units of the batch are in the unit of the series, so far ahead."""
    ends = np.repeat(rows.ends, 2)
    both = np.repeat(np.array([[0.0], [1.0]]), ahead, 1)
    low, high = model.constants.restored(np.repeat(rows.series, 2), both, ends)[:, -1]
    return float(low), float(high - low)


def place_segments(model: SegmentModel) -> Callable[[Trace], tuple[int, int]]:
    """Where the steps of each layer lie among the values of the window and those to come."""
    sizes = model.settings.sizes

    def place(trace: Trace) -> tuple[int, int]:
        if trace.name.startswith("decoder"):
            return sizes.lookback, sizes.ahead
        return 0, sizes.segment if trace.name.startswith("encoder") else 1

    return place
