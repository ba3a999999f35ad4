"""All that makes a segment-wise model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.forecasting.segments.beside import Shape
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.frames import ByVolatility, Frame, FromLast, LogOfLevel
from recurra.forecasting.segments.heads import HEADS, POINT
from recurra.forecasting.segments.network import SegmentNetwork, Sizes
from recurra.forecasting.segments.smoothing import SmoothedFrame, first_seasons
from recurra.language import Cell

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """All that makes a segment-wise model.

    Attributes:
        sizes: Of windows and segments.
        frame: "level", "volatility" or "last": see :mod:`frames`; or several, which the networks of
            an ensemble take in turn.
        shares: Whether series are counted in shares of their mean size, and the loss is half MASE
            and half sMAPE; else in deviations from their mean, and the loss is MASE.
        divided: Whether seasons are taken out by classical decomposition.
        smoothed: Whether they are by exponential smoothing, learned with the networks.
        season: m.
        hidden_size: H.
        dropout: A share.
        learning_rate: At its peak.
        steps: Of training.
        batch_size: Windows a step.
        optimizer: Its name.
        ensemble: How many networks, each from another seed.
        decoder: "recurrent": a segment of the future is written knowing those before it.
            "parallel": each by itself (SegRNN's parallel multi-step forecasting).
        linear: "learned": the linear way from the window to the horizon is trained as all else.
            "solved": it is solved first, and stays; see :mod:`linear`.
        shrinkage: Of what is solved; None to choose it on held-out windows.
        disturbed: The share of windows that are shown with a strange stretch, from 0 to 1; see
            :mod:`disturbing`.
        dilation: How many segments apart those lie that a layer connects; one number or one a
            layer.
        head: "point", or the name of a distribution: see :mod:`heads`.
    """

    sizes: Sizes
    frame: str | Sequence[str]
    shares: bool
    divided: bool
    season: int
    hidden_size: int | Sequence[int]
    dropout: float
    learning_rate: float
    steps: int
    batch_size: int
    optimizer: str = "adam"
    ensemble: int = 3
    decoder: str = "recurrent"
    linear: str = "learned"
    shrinkage: float | None = None
    disturbed: float = 0.0
    smoothed: bool = False
    dilation: int | Sequence[int] = 1
    head: str = POINT

    @property
    def least(self) -> int:
        """Points that a window must have before its origin."""
        return max(2, self.sizes.lag)

    @property
    def strange(self) -> int:
        """Steps of a strange stretch, at most: two segments of the past, two days of hours."""
        return 2 * self.sizes.segment

    def units(self, number: int) -> str:
        """The frame of a network of the ensemble, by its number from 0."""
        return self.frame if isinstance(self.frame, str) else self.frame[number % len(self.frame)]

    def frame_of_windows(self, number: int) -> Frame:
        """The units in which a network sees a window."""
        units = self.units(number)
        if units == "level":
            return LogOfLevel(self.season)
        return ByVolatility() if units == "volatility" else FromLast()

    def build(
        self, cell: Cell | str, seasons: Array | None = None, number: int = 0
    ) -> SegmentNetwork:
        """A network with its first weights.

        Args:
            cell: A cell or its name.
            seasons: What smoothed seasons start from, (S, m); None for zeros, S = 1.
            number: Which of the ensemble it is, from 0.
        """
        frame = self.frame_of_windows(number)
        return SegmentNetwork(
            self.sizes,
            self._smoothed(frame, seasons) if self.smoothed else frame,
            cell,
            self.hidden_size,
            dropout=self.dropout,
            parallel=self.decoder == "parallel",
            dilation=self.dilation,
            head=None if self.head == POINT else HEADS[self.head],
        )

    def _smoothed(self, frame: Frame, seasons: Array | None) -> SmoothedFrame:
        first = np.zeros((1, self.season)) if seasons is None else seasons
        found = torch.from_numpy(first.astype(np.float32))
        return SmoothedFrame(frame, found, self.sizes.horizon, shares=self.shares)

    def seasons_of(self, constants: Constants, row: int, values: Array) -> Array:
        """What the smoothed season of a series starts from, from its training part (N,): (m,)."""
        z = constants.scaled(np.array([row]), values[None], np.zeros(1, np.int64))[0]
        return first_seasons(z, self.season, shares=self.shares)

    def constants_of(self, values: Array, seen: NDArray[np.bool_]) -> Constants:
        """What is kept of one series, from its training part (N,)."""
        return Constants.of(values, seen, self.season, shares=self.shares, divided=self.divided)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The settings that :meth:`to_json` gave."""
        sizes = {**data["sizes"], "queries": tuple(data["sizes"]["queries"])}
        if sizes["beside"] is not None:
            sizes["beside"] = Shape.from_json(sizes["beside"])
        several = {name: tuple(one) for name, one in data.items() if isinstance(one, list)}
        return cls(**{**data, **several, "sizes": Sizes(**sizes)})
