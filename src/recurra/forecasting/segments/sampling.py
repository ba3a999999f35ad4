"""Which windows a network learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from recurra.forecasting.covariates import Around
from recurra.forecasting.segments.arrays import Arrays
from recurra.forecasting.segments.batch import Batch, Whose


@dataclass(frozen=True)
class Windows:
    """The windows of all series whose future lies in a stretch of each.

    Attributes:
        arrays: The series.
        naive: What errors of each series are divided by, (S,).
        first: The first origin of each series, int64 (S,).
        count: How many origins each has from there, int64 (S,); 0 for none.
        ends: Where the truth that counts ends, int64 (S,).
        around: The covariates of the same series, or None.
        unit: What one of their numbers is worth in the unit of each series, (S,); None for 1.
    """

    arrays: Arrays
    naive: Tensor
    first: Tensor
    count: Tensor
    ends: Tensor
    around: Around | None = None
    unit: Tensor | None = None

    def __len__(self) -> int:
        return int(self.count.sum())

    def at(self, places: Tensor) -> Batch:
        """The windows with these numbers, int64 (B,), counted through all series."""
        bounds = torch.cumsum(self.count, 0)
        series = torch.searchsorted(bounds, places, right=True)
        origins = self.first[series] + places - (bounds - self.count)[series]
        return self.batch(series, origins)

    def batch(self, series: Tensor, origins: Tensor) -> Batch:
        """The windows at these origins of these series, int64 (B,) each."""
        arrays, L, K = self.arrays, self.arrays.lookback, self.arrays.horizon
        values = arrays.windows(arrays.values, series, origins)
        seen = arrays.windows(arrays.seen, series, origins)
        ahead = origins.unsqueeze(1) + torch.arange(K)
        counts = seen[:, L:] * (ahead < self.ends[series].unsqueeze(1))
        beside = None if self.around is None else self.around.at(series, origins, L, K)
        unit = None if self.unit is None else self.unit[series]
        past, future, naive = values[:, :L], values[:, L:], self.naive[series]
        whose = Whose(series, origins - L)
        return Batch(past, seen[:, :L], future, counts, naive, beside, whose, unit)

    def drawn(self, batch_size: int, generator: torch.Generator) -> Drawn:
        """Batches of windows drawn evenly from all, without end."""
        return Drawn(self, batch_size, generator)

    def all(self, batch_size: int, most: int) -> Iterator[Batch]:
        """Every window once; of more than ``most`` evenly spaced ones."""
        total = len(self)
        places = torch.arange(total)
        if total > most:
            places = torch.linspace(0, total - 1, most, dtype=torch.float64).long()
        for part in torch.split(places, batch_size):
            yield self.at(part)


@dataclass(frozen=True)
class Drawn:
    """Batches of windows by chance, without end; where chance is can be kept.

    Attributes:
        windows: To draw from.
        batch_size: B.
        generator: Of the numbers of the windows.
    """

    windows: Windows
    batch_size: int
    generator: torch.Generator

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Batch:
        """The next batch."""
        size = (self.batch_size,)
        return self.windows.at(torch.randint(len(self.windows), size, generator=self.generator))

    def state_dict(self) -> dict[str, Any]:
        """Where chance is."""
        return {"random": self.generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from there."""
        self.generator.set_state(state["random"])
