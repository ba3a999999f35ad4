"""Channels on the scale that the series have which are learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from recurra.applications.series.collection import Values
from recurra.applications.series.filling import filled


@dataclass(frozen=True)
class Scaling:
    """The mean and the deviation of each channel.

    Attributes:
        means: Of each channel, C.
        deviations: Likewise, above 0.
    """

    means: tuple[float, ...]
    deviations: tuple[float, ...]

    @classmethod
    def of(cls, series: Sequence[Values]) -> Self:
        """From series (T, C); missing values are passed over.

        A channel that never changes, or has no value, gets a deviation of 1.
        """
        every = np.concatenate(series).astype(np.float64)
        known = ~np.isnan(every)
        count = np.maximum(known.sum(0), 1)
        means = np.where(known, every, 0).sum(0) / count
        spread = np.sqrt((np.where(known, every - means, 0) ** 2).sum(0) / count)
        spread[spread < 1e-6 * np.maximum(1, np.abs(means))] = 1
        return cls(tuple(map(float, means)), tuple(map(float, spread)))

    @property
    def channels(self) -> int:
        """C."""
        return len(self.means)

    def scaled(self, series: Values) -> Tensor:
        """Gaps closed, each channel of mean 0 and deviation 1 where it was learned: (T, C)."""
        whole = self.known(filled(series)).astype(np.float64)
        found = (whole - np.array(self.means)) / np.array(self.deviations)
        return torch.from_numpy(found.astype(np.float32))

    def known(self, series: Values) -> Values:
        """The series with its channel's mean in place of what is missing still."""
        return np.where(np.isnan(series), np.array(self.means, dtype=np.float32), series)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """Of its attributes as plain data."""
        return cls(tuple(told["means"]), tuple(told["deviations"]))
