"""Level and season smoothed exponentially, by coefficients that are learned with the network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.forecasting.factors import FEWEST, shrunken_offsets
from recurra.forecasting.segments.batch import Batch, Whose
from recurra.forecasting.segments.frames import LEAST, Frame, Framed
from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    equal,
    gate,
    sigmoid,
    total,
    units,
    where,
)
from recurra.layers import Recurrent

SLOWLY = 0.1
"""Of a step of the optimizer, what a series' own seasons take: each is seen in few windows, and
would follow their noise."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ExponentialSmoothing(Cell):
    """Level and season of a series, each moved towards what the other leaves of a value.

    Smyl 2020 (International Journal of Forecasting 36(1), section 3), in the additive form: l = α
    (y - s) + (1 - α) l, then s = γ (y - l) + (1 - γ) s, where of the m seasons only that of the
    present place moves. Ours: α = σ(a + α') with one ``a`` for all rows and an α' of each row,
    which it carries, and γ = σ(g + γ') likewise; a value that is missing moves nothing. H is m, and
    the row's own step number says at which place of the season it stands. The output is the season
    that is expected of each step, before its value was seen.

    Args:
        season: m, at least 1; with 1 there is a level only.
    """

    season: int

    states = ("level", "seasons", "alpha", "gamma")
    output = "expected"
    year = 2020
    widths = {  # noqa: RUF012 - declared once, never written to
        "level": 1,
        "alpha": 1,
        "gamma": 1,
        "a": 1,
        "g": 1,
    }
    # Levels follow at a third, seasons at a tenth, until learning knows better.
    initial = {"a": Filled(-0.7), "g": Filled(-2.2)}  # noqa: RUF012 - declared once

    def step(  # noqa: PLR0917 - a state each
        self,
        p: Parameters,
        x: Expression,
        level: Expression,
        seasons: Expression,
        alpha: Expression,
        gamma: Expression,
        *,
        t: Expression,
        missing: Expression,
    ) -> tuple[Expression, ...]:
        """Free the value of its season, move the level, then the season of this place."""
        y, gone = total(x), total(missing)
        a = gate("level", sigmoid(p.a + alpha))
        g = gate("season", sigmoid(p.g + gamma))
        now = equal(t % self.season, units(tuple(range(self.season))))
        expected = total(where(now, seasons, 0.0))
        moved = where(gone, level, a * (y - expected) + (1 - a) * level)
        there = now * (1 - gone) * float(self.season > 1)
        turned = where(there, g * (y - moved) + (1 - g) * seasons, seasons)
        return expected, moved, turned, alpha, gamma


@dataclass(frozen=True)
class Smoothed:
    """What smoothing finds in windows.

    Attributes:
        level: At the end of each, (B, 1).
        past: The season that was expected of each of its steps, (B, L).
        ahead: The last known season of each step to come, (B, K).
    """

    level: Tensor
    past: Tensor
    ahead: Tensor


class Smoothing(nn.Module):
    """Coefficients of S series, and the smoothing that they do.

    It starts afresh with every window, from the series' learned seasons and the mean of the first m
    values that the window holds: a forecast depends on its window, and on nothing else but what was
    learned.

    Args:
        seasons: What the seasons of each series start from, (S, m).
    """

    first: Tensor

    def __init__(self, seasons: Tensor) -> None:
        super().__init__()
        count, season = seasons.shape
        self.cell = Recurrent(ExponentialSmoothing(season), 1, season, batch_first=True)
        self.alpha = nn.Parameter(torch.zeros(count))
        self.gamma = nn.Parameter(torch.zeros(count))
        self.register_buffer("first", seasons)
        self.change = nn.Parameter(torch.zeros_like(seasons), requires_grad=season > 1)

    def forward(self, u: Tensor, seen: Tensor, whose: Whose, horizon: int) -> Smoothed:
        """Smooths windows.

        Args:
            u: (B, L).
            seen: 1 where a value was observed, (B, L).
            whose: Which series they are of.
            horizon: K.
        """
        length, season = u.shape[1], self.first.shape[1]
        seasons = self.first[whose.series] + SLOWLY * self.change[whose.series]
        first = whose.first.unsqueeze(1) % season
        level = _first_level(u - _at(seasons, first, length), seen, season)
        rows = (level, seasons, self.alpha[whose.series, None], self.gamma[whose.series, None])
        state = tuple(part.unsqueeze(0) for part in (*rows, first))
        missing = (seen == 0).unsqueeze(-1)
        expected, after = self.cell(u.unsqueeze(-1), state, missing=missing)
        ahead = _at(after[1].squeeze(0), first + length, horizon)
        return Smoothed(after[0].squeeze(0), expected.squeeze(-1), ahead)

    @torch.no_grad()
    def take_up(self, seasons: Tensor) -> None:
        """Adds series, whose coefficients are the median of those that were learned.

        Args:
            seasons: Of each, (N, m).
        """
        for name in ("alpha", "gamma"):
            known: Tensor = getattr(self, name)
            usual = known.median().expand(len(seasons))
            setattr(self, name, nn.Parameter(torch.cat([known, usual])))
        self.first = torch.cat([self.first, seasons])
        learns = self.change.requires_grad
        change = torch.cat([self.change, torch.zeros_like(seasons)])
        self.change = nn.Parameter(change, requires_grad=learns)


class SmoothedFrame(nn.Module):
    """Windows freed of their smoothed season, in the units of another frame.

    A season is a factor where values count in shares: what is smoothed are their logarithms then.

    Args:
        frame: What is left is seen in it.
        seasons: See :class:`Smoothing`.
        shares: Whether seasons are factors; else they are added.
        horizon: K.
    """

    def __init__(self, frame: Frame, seasons: Tensor, horizon: int, *, shares: bool) -> None:
        super().__init__()
        self.frame, self.horizon, self.shares = frame, horizon, shares
        self.smoothing = Smoothing(seasons)

    def of(self, batch: Batch) -> Framed:
        """The windows of a batch, which says whose they are."""
        assert batch.whose is not None
        u = _logarithm(batch.past) * batch.seen if self.shares else batch.past
        found = self.smoothing(u, batch.seen, batch.whose, self.horizon)
        framed = self.frame.framed(self._freed(batch.past, found.past) * batch.seen, batch.seen)
        level = found.level.exp() if self.shares else found.level
        start = self.frame.ahead(level, framed)
        return Framed(framed.x, framed.spread, framed.level, start, found.ahead)

    def restored(self, x: Tensor, framed: Framed) -> Tensor:
        """Forecasts (B, K) with their season, in the units of the series."""
        y, season = self.frame.restored(x, framed), _season(framed)
        return y * season.exp() if self.shares else y + season

    def ahead(self, future: Tensor, framed: Framed) -> Tensor:
        """What came after (B, K), in the units of the window: what ``restored`` undoes."""
        return self.frame.ahead(self._freed(future, _season(framed)), framed)

    def _freed(self, y: Tensor, season: Tensor) -> Tensor:
        return y * (-season).exp() if self.shares else y - season


def first_seasons(values: Array, season: int, *, shares: bool) -> Array:
    """What the seasons of a series start from, (m,).

    They come by classical decomposition where three seasons were seen, and are 0 else.

    Args:
        values: The training part as the network sees it, (N,).
        season: m.
        shares: Whether of its logarithms.
    """
    u = np.log(np.maximum(values, LEAST)) if shares else values
    known = season > 1 and len(u) >= FEWEST * season
    return shrunken_offsets(u, season) if known else np.zeros(season)


def _season(framed: Framed) -> Tensor:
    assert framed.season is not None
    return framed.season


def _logarithm(values: Tensor) -> Tensor:
    return torch.log(values.clamp(min=LEAST))


def _at(seasons: Tensor, first: Tensor, count: int) -> Tensor:
    """Those of so many steps from a place on, (B, N)."""
    places = (first + torch.arange(count)) % seasons.shape[1]
    return seasons.gather(1, places)


def _first_level(u: Tensor, seen: Tensor, season: int) -> Tensor:
    """The mean of the first m values that were observed, (B, 1)."""
    here = seen * (seen.cumsum(1) <= season)
    return (u * here).sum(1, keepdim=True) / here.sum(1, keepdim=True).clamp(min=1)
