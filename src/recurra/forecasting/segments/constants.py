"""What a segment-wise model keeps of each series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.factors import FEWEST, shrunken_factors

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Constants:
    """Learned from the training part of each series, and from nothing after it.

    z = (y / factor of its season's place - offset) / size.

    Attributes:
        offset: In the unit of each series, (S,).
        size: Likewise, above 0.
        naive: The mean error of the (seasonal) naive forecast there, in units of z, above 0.
        factors: Of the season's places, (S, m), the first of each series' first point; (S, 1) of
            ones where no season is taken out.
    """

    offset: Array
    size: Array
    naive: Array
    factors: Array

    @classmethod
    def of(cls, values: Array, seen: Mask, season: int, *, shares: bool, divided: bool) -> Self:
        """Those of one series, S = 1.

        Args:
            values: The training part, (N,), gaps filled.
            seen: Where it was observed; somewhere at least.
            season: m, for the naive forecast and the factors.
            shares: Whether z counts in shares of the mean size; else in deviations from the mean.
            divided: Whether a season is to be taken out, of series that three were seen of: as
                far as it stands out of the noise.
        """
        factors = np.ones(season if divided else 1)
        if divided and values.min() > 0 and 1 < season <= len(values) // FEWEST:
            factors = shrunken_factors(values, season)
        rest = (values / factors[np.arange(len(values)) % len(factors)])[seen]
        offset = 0.0 if shares else rest.mean()
        size = np.abs(rest).mean() if shares else rest.std()
        size = size if size > 0 else 1.0
        naive = _naive_error(values, seen, season) / size
        return cls(
            np.array([offset], float), np.array([size], float), np.array([naive]), factors[None]
        )

    @classmethod
    def stack(cls, several: Sequence[Self]) -> Self:
        """Those of several series."""
        return cls(*(np.concatenate([getattr(c, f.name) for c in several]) for f in fields(cls)))

    def __len__(self) -> int:
        return len(self.offset)

    def scaled(self, rows: Rows, values: Array, first: Rows) -> Array:
        """Values (W, N) of these series, as z.

        Args:
            rows: Whose they are, (W,).
            values: In the units of the series.
            first: At which place of its series each row's first value stands, (W,).
        """
        rest = values / self._at(rows, first, values.shape[1])
        return (rest - self.offset[rows, None]) / self.size[rows, None]

    def restored(self, rows: Rows, z: Array, first: Rows) -> Array:
        """The same back."""
        rest = z * self.size[rows, None] + self.offset[rows, None]
        return rest * self._at(rows, first, z.shape[1])

    def _at(self, rows: Rows, first: Rows, count: int) -> Array:
        places = (first[:, None] + np.arange(count)) % self.factors.shape[1]
        factors: Array = self.factors[rows[:, None], places]
        return factors


def _naive_error(values: Array, seen: Mask, season: int) -> float:
    """The mean error of the seasonal naive forecast; of the naive one where that has none.

    A series that repeats itself exactly would outweigh all others: no error counts as less than a
    thousandth of the mean size.
    """
    least = max(1e-3 * float(np.abs(values[seen]).mean()), 1e-12)
    for lag in (season if len(values) > season else 1, 1):
        steps = np.abs(values[lag:] - values[:-lag])[seen[lag:] & seen[:-lag]]
        if len(steps) and steps.mean() > 0:
            return max(float(steps.mean()), least)
    return least
