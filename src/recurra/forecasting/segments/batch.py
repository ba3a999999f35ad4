"""What a network is shown of some windows, and what came after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.covariates import WindowCovariates


@dataclass(frozen=True)
class Whose:
    """Which series some windows are of.

    Attributes:
        series: The number of each, int64 (B,).
        first: At which place of it the window's first step stands, int64 (B,); below 0 before the
            series' first point.
    """

    series: Tensor
    first: Tensor


@dataclass(frozen=True)
class Batch:
    """Windows around origins.

    Attributes:
        past: The values before each origin, (B, L); 0 where none was observed.
        seen: 1 where one was, (B, L).
        future: What came after, (B, K); anything where it does not count.
        counts: 1 where it counts, (B, K).
        naive: What errors are divided by, (B,): the mean error of the seasonal naive forecast on
            the series' training part, as MASE takes it.
        beside: The covariates of the same windows, or None.
        whose: Which series they are of; None where nothing asks for it.
        unit: What one of these numbers is worth in the unit of the series, (B,); None for 1.
    """

    past: Tensor
    seen: Tensor
    future: Tensor
    counts: Tensor
    naive: Tensor
    beside: WindowCovariates | None = None
    whose: Whose | None = None
    unit: Tensor | None = None

    @classmethod
    def of_past(
        cls,
        past: NDArray[np.float64],
        seen: NDArray[np.bool_],
        horizon: int,
        beside: WindowCovariates | None = None,
        *,
        whose: Whose | None = None,
        unit: NDArray[np.float64] | None = None,
    ) -> Batch:
        """Windows of which the future is not known.

        Args:
            past: (B, L); anything where nothing was observed.
            seen: Where something was, (B, L).
            horizon: K.
            beside: The covariates of the same windows, or None.
            whose: Which series they are of.
            unit: What one of these numbers is worth in the unit of the series, (B,); None for 1.
        """
        here = torch.from_numpy(seen.astype(np.float32))
        x = torch.from_numpy(np.where(seen, past, 0.0).astype(np.float32))
        nothing = x.new_zeros(len(x), horizon)
        worth = None if unit is None else torch.from_numpy(unit.astype(np.float32))
        return cls(x, here, nothing, nothing, x.new_ones(len(x)), beside, whose, worth)
