"""What a network sees of the past."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Sight:
    """The last values, and where a season is longer than those the season before as well.

    Attributes:
        lookback: L, the steps that the network reads, at least 1.
        lag: From how many steps before the change that it answers is counted, at least 1. If that
            lies beyond the lookback, each step shows two numbers: its value, and the value ``lag``
            steps before the next one, so that the last step shows what the change is counted from.
    """

    lookback: int
    lag: int

    @property
    def channels(self) -> int:
        """I, the numbers that each step shows."""
        return 1 if self.lag <= self.lookback else 2

    @property
    def reach(self) -> int:
        """R, how many values before the next must be known."""
        return self.lookback if self.channels == 1 else self.lookback + self.lag - 1

    def inputs(self, history: Tensor) -> Tensor:
        """What the network reads, (B, L, I), from the last R values or more, (B, R)."""
        last = history[:, -self.lookback :]
        if self.channels == 1:
            return last.unsqueeze(-1)
        end = history.shape[1] - self.lag + 1
        return torch.stack([last, history[:, end - self.lookback : end]], dim=-1)
