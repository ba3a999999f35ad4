"""What a network forecasts: a change, from a value that it has seen.

A network that answers with the next value spends its training on learning to repeat what it saw.
One that answers with the change from the value before, or from the value a season before, in the
standard units of such changes, starts from the naive or the seasonal naive forecast and spends its
training on doing better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Changes:
    """The changes of one or several series, in the standard units of their values.

    Attributes:
        lag: From how many steps before the change is counted, at least 1, at most the lookback.
        drift: The mean change on the training part, float32, () or one a row (B,).
        spread: Their standard deviation there, likewise; where it is 0 all forecasts are of no
            change but the drift.
    """

    lag: int
    drift: Tensor
    spread: Tensor

    @classmethod
    def of(cls, scaled: Array, lag: int) -> Changes:
        """The changes of one series.

        Args:
            scaled: The training part in standard units, (N,).
            lag: Below N.
        """
        steps = scaled[lag:] - scaled[:-lag]
        even = steps.min() == steps.max()
        drift, spread = steps.mean(), 0.0 if even else steps.std()
        return cls(
            lag,
            torch.tensor(drift, dtype=torch.float32),
            torch.tensor(spread, dtype=torch.float32),
        )

    @classmethod
    def stack(cls, several: Sequence[Changes]) -> Changes:
        """The changes of several series of one lag, a row each."""
        return cls(
            several[0].lag,
            torch.stack([one.drift for one in several]),
            torch.stack([one.spread for one in several]),
        )

    def __getitem__(self, rows: Tensor | slice) -> Changes:
        """The changes of some rows; those of a single series suit any."""
        if self.drift.dim() == 0:
            return self
        return Changes(self.lag, self.drift[rows], self.spread[rows])

    def targets(self, base: Tensor, value: Tensor) -> Tensor:
        """What the network should answer, from the value ``lag`` steps before and the value."""
        spread = torch.where(self.spread > 0, self.spread, 1.0)
        return (value - base - self.drift) / spread

    def values(self, base: Tensor, answer: Tensor) -> Tensor:
        """The value that the network's answer means."""
        return base + self.drift + self.spread * answer


def choose_lag(scaled: Sequence[Array], lags: Sequence[int]) -> int:
    """The lag from which changes vary least on the training parts, the mean over series.

    Args:
        scaled: The training part of each series in standard units.
        lags: To choose from; those that a series is too short for do not count.
    """
    longest = max(len(values) for values in scaled)
    usable = [lag for lag in lags if lag < longest - 1] or [1]

    def spread(lag: int) -> float:
        steps = (values[lag:] - values[:-lag] for values in scaled if len(values) > lag + 1)
        return float(np.mean([one.std() for one in steps]))

    return min(usable, key=spread)
