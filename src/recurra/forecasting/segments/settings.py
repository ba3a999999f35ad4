"""All that makes a segment-wise model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.segments.beside import Shape
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.frames import ByVolatility, Frame, FromLast, LogOfLevel
from recurra.forecasting.segments.network import SegmentNetwork, Sizes
from recurra.language import Cell

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Settings:
    """All that makes a segment-wise model.

    Attributes:
        sizes: Of windows and segments.
        frame: "level", "volatility" or "last": see :mod:`frames`.
        shares: Whether series are counted in shares of their mean size, and the loss is half MASE
            and half sMAPE; else in deviations from their mean, and the loss is MASE.
        divided: Whether seasons are taken out by classical decomposition.
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
    """

    sizes: Sizes
    frame: str
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

    @property
    def least(self) -> int:
        """Points that a window must have before its origin."""
        return max(2, self.sizes.lag)

    @property
    def strange(self) -> int:
        """Steps of a strange stretch, at most: two segments of the past, two days of hours."""
        return 2 * self.sizes.segment

    @property
    def frame_of_windows(self) -> Frame:
        """The units of a window."""
        if self.frame == "level":
            return LogOfLevel(self.season)
        return ByVolatility() if self.frame == "volatility" else FromLast()

    def build(self, cell: Cell | str) -> SegmentNetwork:
        """A network with its first weights."""
        return SegmentNetwork(
            self.sizes,
            self.frame_of_windows,
            cell,
            self.hidden_size,
            dropout=self.dropout,
            parallel=self.decoder == "parallel",
        )

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
        hidden = data["hidden_size"]
        units = tuple(hidden) if isinstance(hidden, list) else hidden
        return cls(**{**data, "sizes": Sizes(**sizes), "hidden_size": units})
