"""A recurrent network over segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn

from recurra.forecasting.segments.base import base, repeated
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.beside import CovariateReader, Given, Shape, StepEffect
from recurra.forecasting.segments.frames import Frame, Framed
from recurra.forecasting.segments.heads import Distribution
from recurra.forecasting.segments.smoothing import SmoothedFrame
from recurra.forecasting.segments.told import Told
from recurra.language import Cell
from recurra.layers import Recurrent
from recurra.layers.state import State


@dataclass(frozen=True)
class Sizes:
    """The sizes of a segment-wise forecast, in steps.

    Attributes:
        lookback: L, a multiple of ``segment``.
        horizon: K.
        segment: Steps that are read as one.
        ahead: Steps that are forecast as one.
        lag: What a forecast starts from: the values so many steps before, repeated; 1 for the last;
            0 for a smoothed level.
        queries: The lags at which what is forecast looks back, each at most L.
        beside: The covariates that are read, None for none.
    """

    lookback: int
    horizon: int
    segment: int
    ahead: int
    lag: int = 1
    queries: tuple[int, ...] = ()
    beside: Shape | None = None

    @property
    def read(self) -> int:
        """How many segments are read."""
        return self.lookback // self.segment

    @property
    def written(self) -> int:
        """How many are forecast."""
        return -(-self.horizon // self.ahead)


class SegmentNetwork(nn.Module):
    """Reads the past a segment a step, and writes the future a segment a step.

    The step from points to segments shortens what has to be remembered by the length of a segment
    (SegRNN: Lin et al. 2023, arXiv:2308.11200). The encoder reads each segment, its change from the
    season before, and how restless the window is; the decoder goes on from its state, and is asked
    for each segment of the future with the values at the seasonal lags before it. Its answers are
    added to the last season repeated. What adds to that starts at zero, and so does a direct
    linear way from the window to the horizon: training starts at the seasonal naive forecast.

    Of covariates the encoder reads what is past, the decoder what is known of the segment that it
    is asked for, and both what is static. What is known of a step has an effect of its own, which
    is taken out of the window and put on the forecast, so that what the rest sees and repeats is
    free of it, as in a regression with autocorrelated errors; and what is past or static has a
    linear way to the horizon. Both start at zero.

    Args:
        sizes: See :class:`Sizes`.
        frame: The units of a window.
        cell: A cell or its name.
        hidden_size: H, or one a layer.
        dropout: The share of the decoder's outputs set to 0 in training.
        parallel: Whether each segment of the future is written from the encoder's state by itself,
            instead of one after the other.
        dilation: How many segments apart those lie that a layer connects, one number or one a layer
            (Chang et al. 2017, arXiv:1710.02224); the decoder goes on in the same way.
        head: The distribution about the forecast; None for the forecast alone.
    """

    def __init__(
        self,
        sizes: Sizes,
        frame: Frame | SmoothedFrame,
        cell: Cell | str,
        hidden_size: int | Sequence[int],
        *,
        dropout: float = 0.0,
        parallel: bool = False,
        dilation: int | Sequence[int] = 1,
        head: Distribution | None = None,
    ) -> None:
        super().__init__()
        self.head = head
        self.sizes, self.frame, self.parallel = sizes, frame, parallel
        past, known, static = _widths(sizes.beside)
        read = sizes.segment * (3 + past + known) + 1 + static
        asked = sizes.ahead * (max(1, len(sizes.queries)) + known) + sizes.written + 1 + static
        self.encoder = Recurrent(cell, read, hidden_size, batch_first=True, dilation=dilation)
        self.decoder = Recurrent(cell, asked, hidden_size, batch_first=True, dilation=dilation)
        self.dropout = nn.Dropout(dropout)
        self.answer = nn.Linear(self.decoder.output_size, sizes.ahead)
        self.skip = nn.Linear(sizes.lookback, sizes.horizon, bias=False)
        for weight in (self.answer.weight, self.answer.bias, self.skip.weight):
            nn.init.zeros_(weight)
        # Behind all else: without covariates a network begins with the weights it always had.
        self.covariates = CovariateReader(sizes.beside) if sizes.beside else None
        self.effect = StepEffect(known, static) if known else None
        leading = sizes.lookback * past + static
        self.lead = nn.Linear(leading, sizes.horizon, bias=False) if leading else None
        if self.lead is not None:
            nn.init.zeros_(self.lead.weight)
        further = sizes.ahead * (0 if head is None else head.width)
        self.further = nn.Linear(self.decoder.output_size, further) if further else None
        if self.further is not None:
            nn.init.zeros_(self.further.weight)
            nn.init.zeros_(self.further.bias)

    def forward(self, batch: Batch) -> Tensor:
        """The forecasts of a batch, (B, K), in the units of the series: with a head the medians."""
        if self.head is not None:
            return self.told(batch).quantiles(batch.past.new_tensor([0.5])).squeeze(-1)
        place, _, framed = self._answered(batch)
        return self.frame.restored(place, framed)

    def told(self, batch: Batch) -> Told:
        """The distributions of a batch, of a network with a head."""
        assert self.head is not None
        assert self.further is not None
        place, written, framed = self._answered(batch)
        shape = (len(place), self.sizes.written * self.sizes.ahead, self.head.width)
        further = self.further(written).reshape(shape)[:, : self.sizes.horizon]
        unit = batch.naive.new_ones(len(place)) if batch.unit is None else batch.unit
        return Told(self.head, self.frame, framed, place, further, unit.unsqueeze(1))

    @torch.no_grad()
    def start(self, batch: Batch) -> None:
        """Lets a network with a head begin with the spread of the forecast that it starts from."""
        told = self.told(batch)
        errors = told.errors(batch)
        if self.further is not None and len(errors):
            self.further.bias.copy_(told.distribution.start(errors).repeat(self.sizes.ahead))

    def _answered(self, batch: Batch) -> tuple[Tensor, Tensor, Framed]:
        """The forecast in the window's frame, (B, K), what it was read from, and the window."""
        framed, given = self.framed(batch), self._given(batch)
        effect = self._effect(given, framed)
        x = framed.x
        if effect is not None:
            x = (x - effect[:, : self.sizes.lookback]) * batch.seen
        start = base(replace(framed, x=x), batch.seen, self.sizes.lag, self.sizes.horizon)
        beside = self._beside(x, batch, given)
        _, state = self.encoder(self._read(x, batch, beside, given))
        told = self.dropout(self._written(self._asked(x, batch, beside, given), state))
        change = self.answer(told).flatten(1)[:, : self.sizes.horizon]
        y = start + change + self.skip(x)
        if effect is not None:
            y = y + effect[:, self.sizes.lookback :]
        if given is not None and self.lead is not None:
            leading = torch.cat([given.past.flatten(1), given.static], 1)
            y = y + self.lead(leading) / framed.spread
        return y, told, framed

    def framed(self, batch: Batch) -> Framed:
        """The windows of a batch in their own units."""
        if isinstance(self.frame, SmoothedFrame):
            return self.frame.of(batch)
        return self.frame.framed(batch.past, batch.seen)

    def _given(self, batch: Batch) -> Given | None:
        if self.covariates is None:
            return None
        given: Given = self.covariates(batch.beside)
        return given

    def _effect(self, given: Given | None, framed: Framed) -> Tensor | None:
        """What is known ahead adds to each step, in the units of the window, (B, L + K)."""
        if given is None or self.effect is None:
            return None
        effect: Tensor = self.effect(given) / framed.spread
        return effect

    def _written(self, asked: Tensor, state: State) -> Tensor:
        if not self.parallel:
            told: Tensor = self.decoder(asked, state)[0]
            return told
        count = asked.shape[1]
        told = self.decoder(asked.flatten(0, 1).unsqueeze(1), _for_each(state, count))[0]
        return told.reshape(len(asked), count, -1)

    def _beside(self, x: Tensor, batch: Batch, given: Given | None = None) -> Tensor:
        """What is shown at every step: how restless the window is, and what does not change."""
        lag = max(1, self.sizes.lag)
        both = batch.seen[:, lag:] * batch.seen[:, :-lag]
        moved = ((x[:, lag:] - x[:, :-lag]).abs() * both).sum(1) / both.sum(1).clamp(min=1)
        restless = torch.log(moved + 1e-3).unsqueeze(1)
        return restless if given is None else torch.cat([restless, given.static], 1)

    def _read(self, x: Tensor, batch: Batch, beside: Tensor, given: Given | None = None) -> Tensor:
        """What the encoder reads, (B, L / segment, ...)."""
        sizes = self.sizes
        lag = max(sizes.lag, sizes.segment)
        before = nn.functional.pad(x, (lag, 0))[:, : sizes.lookback]
        both = nn.functional.pad(batch.seen, (lag, 0))[:, : sizes.lookback] * batch.seen
        parts = [x, (x - before) * both, batch.seen]
        split = [_cut(part, sizes.segment) for part in parts]
        if given is not None:
            steps = torch.cat([given.past, given.known[:, : sizes.lookback]], -1)
            split.append(_cut(steps, sizes.segment).flatten(2))
        return torch.cat([*split, _every(beside, sizes.read)], -1)

    def _asked(self, x: Tensor, batch: Batch, beside: Tensor, given: Given | None = None) -> Tensor:
        """What the decoder is asked, (B, K / ahead, ...)."""
        sizes, whole = self.sizes, self.sizes.written * self.sizes.ahead
        lags = sizes.queries or (max(1, sizes.lag),)
        before = [repeated(x, batch.seen, lag, whole) for lag in lags]
        split = [_cut(part, sizes.ahead) for part in before]
        if given is not None:
            to_come = given.known[:, sizes.lookback :]
            padded = nn.functional.pad(to_come, (0, 0, 0, whole - sizes.horizon))
            split.append(_cut(padded, sizes.ahead).flatten(2))
        which = torch.eye(sizes.written, dtype=x.dtype).expand(len(x), -1, -1)
        return torch.cat([*split, which, _every(beside, sizes.written)], -1)


def _widths(shape: Shape | None) -> tuple[int, int, int]:
    """Numbers of a step that are past only and that are known ahead, and of a series."""
    if shape is None:
        return 0, 0, 0
    return shape.past.width, shape.known.width, shape.static.width


def _for_each(state: State, count: int) -> State:
    """The state of each row so many times over."""
    if isinstance(state, Tensor):
        return state.repeat_interleave(count, dim=-2)
    return cast(State, tuple(_for_each(part, count) for part in state))


def _cut(steps: Tensor, length: int) -> Tensor:
    """(B, T, ...) as (B, T / length, length, ...)."""
    return steps.reshape(len(steps), steps.shape[1] // length, length, *steps.shape[2:])


def _every(beside: Tensor, steps: int) -> Tensor:
    return beside.unsqueeze(1).expand(-1, steps, -1)
