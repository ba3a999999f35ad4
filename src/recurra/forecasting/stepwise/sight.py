"""What a network sees of the past."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.forecasting.stepwise.pace import Pace


@dataclass(frozen=True)
class Sight:
    """The last values, and where a season is longer than those the season before as well.

    Attributes:
        lookback: L, the steps that the network reads, at least 1.
        lag: From how many steps before the change that it answers is counted, at least 1. If that
            lies beyond the lookback, each step shows two numbers: its value, and the value ``lag``
            steps before the next one, so that the last step shows what the change is counted from.
        pace: Of readings at irregular times: each step then shows the time until the next one as
            well. None on a grid.
    """

    lookback: int
    lag: int
    pace: Pace | None = None

    @property
    def channels(self) -> int:
        """I, the numbers that each step shows."""
        return 1 + self._beyond + (self.pace is not None)

    @property
    def reach(self) -> int:
        """R, how many values before the next must be known."""
        return self.lookback + self.lag - 1 if self._beyond else self.lookback

    @property
    def _beyond(self) -> bool:
        """Whether what changes are counted from lies before what is read."""
        return self.lag > self.lookback

    def inputs(self, history: Tensor, gaps: Tensor | None = None) -> Tensor:
        """What the network reads, (B, L, I).

        Args:
            history: The last R values or more, (B, M).
            gaps: The time before each of the last values and before the next, in the units of
                ``pace``, (B, L) or more; None on a grid.
        """
        shown = [history[:, -self.lookback :]]
        if self._beyond:
            end = history.shape[1] - self.lag + 1
            shown.append(history[:, end - self.lookback : end])
        if gaps is not None:
            shown.append(gaps[:, -self.lookback :])
        return torch.stack(shown, dim=-1)
