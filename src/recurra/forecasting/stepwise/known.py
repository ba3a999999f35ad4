"""What a step-by-step model knows of each series: its scale and its changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.forecasting.scaling import Scale
from recurra.forecasting.stepwise.changes import Changes
from recurra.forecasting.stepwise.sight import Sight

Array = NDArray[np.float64]

CONSTANTS = ("mean", "deviation", "drift", "spread")
"""What is known of a series, in this order: its :class:`Scale` and its :class:`Changes`."""


@dataclass
class Known:
    """The constants of S series; rows are only ever added.

    Attributes:
        sight: What the network sees, of all.
        ids: Of each row.
        rows: The constants of each row, as :data:`CONSTANTS` names them.
    """

    sight: Sight
    ids: list[str]
    rows: list[tuple[float, ...]]

    def add(self, id: str, values: Array, scale: Scale) -> int:  # noqa: A002 - the word of the field
        """Adds a row, and gives its number.

        Args:
            id: Not yet known.
            values: What its changes are learned from, (N,), in the unit of the series.
            scale: Of the same values.
        """
        changes = Changes.of(scale.scaled(values), self.sight)
        self.ids.append(id)
        self.rows.append((scale.mean, scale.deviation, changes.drift.item(), changes.spread.item()))
        for stale in ("numbers", "table"):
            vars(self).pop(stale, None)
        return len(self.ids) - 1

    def copy(self) -> Self:
        """The same, to be added to by itself."""
        return type(self)(self.sight, [*self.ids], [*self.rows])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The row of each series."""
        return {name: number for number, name in enumerate(self.ids)}

    @cached_property
    def table(self) -> Array:
        """The constants, (S, 4)."""
        return np.array(self.rows, dtype=np.float64).reshape(-1, len(CONSTANTS))

    def scaled(self, values: Array, numbers: NDArray[np.int64]) -> Tensor:
        """Values (W, ...) of these series (W,) in standard units, float32."""
        mean, deviation = self._scale(values, numbers)
        return torch.from_numpy(((values - mean) / deviation).astype(np.float32))

    def restored(self, values: Array, numbers: NDArray[np.int64]) -> Array:
        """Back in the units of the series."""
        mean, deviation = self._scale(values, numbers)
        restored: Array = mean + deviation * values
        return restored

    def changes(self, numbers: Iterable[int] | NDArray[np.int64]) -> Changes:
        """The changes of these series, a row each."""
        rows = self.table[np.fromiter(numbers, np.int64)]
        drift, spread = (torch.from_numpy(rows[:, place].astype(np.float32)) for place in (2, 3))
        return Changes(self.sight, drift, spread)

    def _scale(self, values: Array, numbers: NDArray[np.int64]) -> tuple[Array, Array]:
        shape = (-1, *[1] * (values.ndim - 1))
        mean, deviation = self.table[numbers, :2].T
        # A series that stood still is only counted from its constant.
        return mean.reshape(shape), np.where(deviation == 0, 1.0, deviation).reshape(shape)
