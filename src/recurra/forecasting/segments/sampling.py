"""Which windows a network learns from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
    """

    arrays: Arrays
    naive: Tensor
    first: Tensor
    count: Tensor
    ends: Tensor
    around: Around | None = None

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
        return Batch(
            values[:, :L],
            seen[:, :L],
            values[:, L:],
            counts,
            self.naive[series],
            beside,
            whose=Whose(series, origins - L),
        )

    def drawn(self, batch_size: int, generator: torch.Generator) -> Iterator[Batch]:
        """Batches of windows drawn evenly from all, without end."""
        while True:
            yield self.at(torch.randint(len(self), (batch_size,), generator=generator))

    def all(self, batch_size: int, most: int) -> Iterator[Batch]:
        """Every window once; of more than ``most`` evenly spaced ones."""
        total = len(self)
        places = torch.arange(total)
        if total > most:
            places = torch.linspace(0, total - 1, most, dtype=torch.float64).long()
        for part in torch.split(places, batch_size):
            yield self.at(part)
