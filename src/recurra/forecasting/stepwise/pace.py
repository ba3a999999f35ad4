"""The time between readings as a network sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.panel import Series

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Pace:
    """How far apart readings were in training, in logarithms.

    In logarithms twice as long is as far from the usual as half as long, so that minutes and days
    in one series can both be told apart.

    Attributes:
        mean: Of the logarithms of the times between readings, in microseconds or steps.
        deviation: Their standard deviation, above 0.
    """

    mean: float
    deviation: float

    @classmethod
    def of(cls, gaps: Sequence[Array]) -> Self:
        """Of the times between training readings of each series, each above 0, one at least."""
        logs = np.log(np.concatenate(gaps))
        return cls(float(logs.mean()), float(logs.std()) or 1.0)

    def scaled(self, gaps: Array) -> Tensor:
        """Times between readings in standard units of their logarithms, float32."""
        return torch.from_numpy(((np.log(gaps) - self.mean) / self.deviation).astype(np.float32))


def time_before(series: Series) -> Array:
    """The time before each value of a series of readings, (N,), in microseconds or steps."""
    assert series.readings is not None
    return series.readings.before(np.arange(len(series.values)))
