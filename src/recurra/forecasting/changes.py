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

from recurra.forecasting.sight import Sight

Array = NDArray[np.float64]

MOST_STEPS = 12
"""Steps of the horizon at which lags are compared, evenly spaced."""

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


def choose_lag(scaled: Sequence[Array], lags: Sequence[int], horizon: int) -> int:
    """The lag whose repetition comes closest to the training parts, the mean over series.

    The last ``lag`` values repeated are the naive or a seasonal naive forecast; taken is the lag
    for which that varies least from the truth over all steps of the horizon.

    Args:
        scaled: The training part of each series in standard units.
        lags: To choose from; those that all series are too short for do not count.
        horizon: K.
    """
    longest = max(len(values) for values in scaled)
    usable = [lag for lag in lags if lag < longest - 1] or [1]
    ahead = np.unique(np.linspace(1, horizon, MOST_STEPS).round().astype(int))

    def spread(lag: int) -> float:
        distances = lag * -(-ahead // lag)
        return float(np.mean([_spread(scaled, int(distance)) for distance in distances]))

    return min(usable, key=spread)


def _spread(scaled: Sequence[Array], distance: int) -> float:
    """The standard deviation of the difference between values so far apart."""
    longest = max(len(values) for values in scaled)
    distance = min(distance, longest - 2)
    steps = (v[distance:] - v[:-distance] for v in scaled if len(v) > distance + 1)
    return float(np.mean([one.std() for one in steps]))
