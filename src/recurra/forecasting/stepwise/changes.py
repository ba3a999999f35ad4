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

from recurra.forecasting.stepwise.sight import Sight

Array = NDArray[np.float64]

RESOLUTION = 1e-6
"""Changes that differ by no more than this share of the values are even: float32 tells 1e-7."""


@dataclass(frozen=True)
class Changes:
    """The changes of one or several series, in the standard units of their values.

    Attributes:
        sight: What the network sees, and from how many steps before the change is counted.
        drift: The mean change on the training part, float32, () or one a row (B,).
        spread: Their standard deviation there, likewise; where it is 0, as in a straight line, all
            forecasts are of no change but the drift.
    """

    sight: Sight
    drift: Tensor
    spread: Tensor

    @classmethod
    def of(cls, scaled: Array, sight: Sight) -> Changes:
        """The changes of one series.

        Args:
            scaled: The training part in standard units, (N,).
            sight: Its lag below N.
        """
        lag = sight.lag
        steps = scaled[lag:] - scaled[:-lag]
        even = np.ptp(steps) <= RESOLUTION * max(1.0, float(np.abs(scaled).max()))
        drift, spread = steps.mean(), 0.0 if even else steps.std()
        return cls(
            sight,
            torch.tensor(drift, dtype=torch.float32),
            torch.tensor(spread, dtype=torch.float32),
        )

    @classmethod
    def stack(cls, several: Sequence[Changes]) -> Changes:
        """The changes of several series that are seen alike, a row each."""
        return cls(
            several[0].sight,
            torch.stack([one.drift for one in several]),
            torch.stack([one.spread for one in several]),
        )

    def __getitem__(self, rows: Tensor | slice) -> Changes:
        """The changes of some rows; those of a single series suit any."""
        if self.drift.dim() == 0:
            return self
        return Changes(self.sight, self.drift[rows], self.spread[rows])

    def targets(self, base: Tensor, value: Tensor) -> Tensor:
        """What the network should answer, from the value ``lag`` steps before and the value."""
        spread = torch.where(self.spread > 0, self.spread, 1.0)
        return (value - base - self.drift) / spread

    def values(self, base: Tensor, answer: Tensor) -> Tensor:
        """The value that the network's answer means."""
        return base + self.drift + self.spread * answer
