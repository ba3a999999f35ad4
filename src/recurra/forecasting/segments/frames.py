"""The units in which a network sees a window, and forecasts.

Every window is brought to its own recent level, so that one network serves series of any size, and
a forecast of nothing is the last season (or the last value) repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

LEAST = 1e-6
"""Smaller levels and spreads are taken for 0."""


@dataclass(frozen=True)
class Framed:
    """A window in its own units.

    Attributes:
        x: The past, (B, L); 0 where nothing was observed.
        spread: What its units are worth, (B, 1).
        level: Where its 0 lies, (B, 1).
        start: Where a smoothed level lies, (B, 1); None if nothing is smoothed.
        season: The smoothed season of what is forecast, (B, K); likewise.
    """

    x: Tensor
    spread: Tensor
    level: Tensor
    start: Tensor | None = None
    season: Tensor | None = None


class Frame(Protocol):
    """A choice of units."""

    def framed(self, past: Tensor, seen: Tensor) -> Framed:
        """The window (B, L) in its own units."""
        ...

    def ahead(self, future: Tensor, framed: Framed) -> Tensor:
        """What came after (B, K), in the units of the window: what ``restored`` undoes."""
        ...

    def restored(self, x: Tensor, framed: Framed) -> Tensor:
        """Forecasts (B, K) back in the units of the series."""
        ...


@dataclass(frozen=True)
class LogOfLevel:
    """x = log(y / mean of the last season): changes are shares, for series above 0.

    Attributes:
        season: The points over which the level is taken.
    """

    season: int

    def framed(self, past: Tensor, seen: Tensor) -> Framed:
        """In logarithms of the level."""
        recent, here = past[:, -self.season :].abs(), seen[:, -self.season :]
        level = (recent.sum(1) / here.sum(1).clamp(min=1)).clamp(min=LEAST).unsqueeze(1)
        x = torch.log((past / level).clamp(min=LEAST)) * seen
        return Framed(x, torch.ones_like(level), level)

    def ahead(self, future: Tensor, framed: Framed) -> Tensor:
        """In logarithms of the level."""
        return torch.log((future / framed.level).clamp(min=LEAST))

    def restored(self, x: Tensor, framed: Framed) -> Tensor:
        """Back from logarithms."""
        # Beyond 20 float32 ends; an untrained network must not begin with infinities.
        return framed.level * torch.exp(x.clamp(-20, 20))


@dataclass(frozen=True)
class ByVolatility:
    """x = (y - last) / (3 mean |change|): for short and restless series."""

    def framed(self, past: Tensor, seen: Tensor) -> Framed:
        """From the last value, in units of the changes."""
        both = seen[:, 1:] * seen[:, :-1]
        steps = (past[:, 1:] - past[:, :-1]).abs() * both
        last = last_seen(past, seen)
        # A window that stood still is counted in shares of its level.
        still = LEAST + 1e-3 * last.abs()
        spread = torch.maximum(3 * (steps.sum(1) / both.sum(1).clamp(min=1)).unsqueeze(1), still)
        return Framed((past - last) * seen / spread, spread, last)

    def ahead(self, future: Tensor, framed: Framed) -> Tensor:
        """From the last value, in units of the changes."""
        return (future - framed.level) / framed.spread

    def restored(self, x: Tensor, framed: Framed) -> Tensor:
        """Back from units of the changes."""
        return framed.level + framed.spread * x


@dataclass(frozen=True)
class FromLast:
    """x = y - last, in the series' own standard units (SegRNN's normalisation)."""

    def framed(self, past: Tensor, seen: Tensor) -> Framed:
        """From the last value."""
        last = last_seen(past, seen)
        return Framed((past - last) * seen, torch.ones_like(last), last)

    def ahead(self, future: Tensor, framed: Framed) -> Tensor:
        """From the last value."""
        return future - framed.level

    def restored(self, x: Tensor, framed: Framed) -> Tensor:
        """Back from the last value."""
        return framed.level + x


def last_seen(past: Tensor, seen: Tensor) -> Tensor:
    """The last value observed in each window, (B, 1); 0 if there is none."""
    place = (seen * torch.arange(1, seen.shape[1] + 1)).argmax(1, keepdim=True)
    return past.gather(1, place)
