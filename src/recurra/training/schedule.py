"""How the learning rate goes with the steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from recurra.errors import OptionError
from recurra.options import whole


class Schedule(Protocol):
    """Which share of the peak a step is made with."""

    def share(self, step: int) -> float:
        """The share of the peak, above 0 to 1; steps count from 0."""
        ...


@dataclass(frozen=True)
class Steady:
    """The peak throughout."""

    def share(self, step: int) -> float:
        """1."""
        return 1.0


@dataclass(frozen=True)
class WarmupCosine:
    """Up in a straight line, then down along half a cosine (Loshchilov & Hutter 2017, eq. 5).

    Attributes:
        steps: N, of the whole training, at least 1.
        warmup: Steps until the peak, at least 0; at most a tenth of the training is taken.
        last: The share of the peak at which it ends, from 0 to 1.

    Raises:
        OptionError: If a value is out of range.
    """

    steps: int
    warmup: int = 50
    last: float = 0.02

    def __post_init__(self) -> None:
        whole("steps", self.steps, 1)
        whole("warmup", self.warmup, 0)
        if not 0 <= self.last <= 1:
            raise OptionError(f"last={self.last!r}", "a share of the peak, from 0 to 1")

    def share(self, step: int) -> float:
        """The share of the peak with which a step is made; steps count from 0."""
        up = min(self.warmup, self.steps // 10)
        if step < up:
            return (step + 1) / (up + 1)
        done = min(1.0, (step - up) / max(1, self.steps - 1 - up))
        return self.last + (1 - self.last) * (1 + math.cos(math.pi * done)) / 2
