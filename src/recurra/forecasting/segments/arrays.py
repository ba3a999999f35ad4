"""All series end to end in one array, with room around each, so that windows are views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Arrays:
    """Series laid end to end: each after L empty places and before K empty places.

    A window of L + K places around any origin of any series is then a view that holds nothing of
    another series, and no window is ever copied but those of a batch.

    Attributes:
        values: float32 (N,); 0 where nothing was observed.
        seen: float32 (N,): 1 where a value was observed.
        starts: The place of each series' first point, int64 (S,).
        lengths: Points of each series, int64 (S,).
        lookback: L.
        horizon: K.
    """

    values: Tensor
    seen: Tensor
    starts: Tensor
    lengths: Tensor
    lookback: int
    horizon: int

    @classmethod
    def of(
        cls,
        values: Sequence[Array],
        observed: Sequence[NDArray[np.bool_]],
        lookback: int,
        horizon: int,
    ) -> Arrays:
        """Lays series out.

        Args:
            values: Of each series, in units in which float32 is exact enough.
            observed: False where a value was only filled.
            lookback: L.
            horizon: K.
        """
        lengths = np.array([len(one) for one in values], dtype=np.int64)
        ends = np.cumsum(lengths + lookback + horizon)
        starts = ends - horizon - lengths
        flat, seen = np.zeros(int(ends[-1]), np.float32), np.zeros(int(ends[-1]), np.float32)
        for start, one, here in zip(starts, values, observed, strict=True):
            flat[start : start + len(one)] = np.where(here, one, 0.0)
            seen[start : start + len(one)] = here
        return cls(
            torch.from_numpy(flat),
            torch.from_numpy(seen),
            torch.from_numpy(starts),
            torch.from_numpy(lengths),
            lookback,
            horizon,
        )

    @property
    def width(self) -> int:
        """L + K."""
        return self.lookback + self.horizon

    def windows(self, flat: Tensor, series: Tensor, origins: Tensor) -> Tensor:
        """What lies around origins, a copy (B, L + K).

        Args:
            flat: Laid out as ``values`` is, (N,).
            series: The number of each window's series, int64 (B,).
            origins: How many points of it are known, int64 (B,).
        """
        return flat.unfold(0, self.width, 1)[self.starts[series] + origins - self.lookback]
