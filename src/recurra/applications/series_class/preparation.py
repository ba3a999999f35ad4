"""What becomes of series before a network reads them: gaps closed, channels on one scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import torch
from torch import Tensor, nn

from recurra.applications.series import Values
from recurra.applications.series.scaling import Scaling
from recurra.applications.series.stretching import stretched, warped

NOISE = 0.1
"""The deviation of what is added to each value in training, in deviations of its channel."""

LEAST_PART = 0.8
"""The least share of a series that is read in training."""

SHORTEST = 8
"""Steps below which a series is read whole in training."""


@dataclass(frozen=True)
class Signal:
    """Values on one scale, each series as long as it is.

    Attributes:
        scaling: Of the channels.
        longest: The most steps that are read: longer series are drawn together to so many.
    """

    scaling: Scaling
    longest: int

    @classmethod
    def of(cls, series: Sequence[Values], longest: int) -> Self:
        """From training series, (T, C) each."""
        return cls(Scaling.of(series), longest)

    @property
    def channels(self) -> int:
        """C."""
        return self.scaling.channels

    @property
    def width(self) -> int:
        """I: the channels."""
        return self.channels

    def prepared(self, series: Values) -> Tensor:
        """Gaps closed, on the common scale, not too long: (T, C) to (S, C)."""
        found = self.scaling.scaled(series)
        return stretched(found, min(len(found), self.longest))

    def varied(self, series: Tensor) -> Tensor:
        """A part of the series with noise, (S, C) to (R, C)."""
        if len(series) >= SHORTEST:
            part = LEAST_PART + (1 - LEAST_PART) * float(torch.rand(()))
            low = (1 - part) * float(torch.rand(()))
            steps = round(part * len(series))
            series = warped(series, low, low + part, 0.0, steps)
        return series + NOISE * torch.randn(series.shape)

    def shown(self, series: Tensor) -> Tensor:
        """The same."""
        return series

    def reader(self) -> nn.Module:
        """The layer reads what is shown."""
        return nn.Identity()

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Of what :meth:`to_json` gave."""
        return cls(Scaling.from_json(told["scaling"]), told["longest"])
