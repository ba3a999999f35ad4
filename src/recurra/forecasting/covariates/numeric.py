"""The scale of a numeric covariate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.scaling import LARGEST
from recurra.tables.values import NUMBER_STYLES, NumberStyle

ROUNDING = 1e-10
"""A deviation smaller than this share of the largest value is a rounding error."""


@dataclass(frozen=True)
class NumericScale:
    """Brings one column to standard units, learned from training rows of all series together.

    A column is scaled alike in all series, since a price of 2 beside one of 200 may be what tells
    them apart.

    Attributes:
        name: The column.
        mean: In its own unit; 0 if no training row has a value.
        deviation: The standard deviation, likewise; 1 for a column that is constant in training,
            which counts its later values from that constant in its own unit.
        constant: Whether it is, so that nothing could be learned from it.
        gaps: Whether training points lacked a value, so that the mask is something to learn from.
        style: How its numbers are written if not as 1234.5.
    """

    name: str
    mean: float
    deviation: float
    constant: bool = False
    gaps: bool = False
    style: NumberStyle | None = None

    @classmethod
    def learn(
        cls, name: str, trained: NDArray[np.float64], style: NumberStyle | None = None
    ) -> Self:
        """The scale of training points, (N,), NaN where there is no value; N may be 0.

        Raises:
            DataError: If their squares are too large to compute with.
        """
        seen = trained[np.isfinite(trained)]
        gaps = len(seen) < len(trained)
        if not len(seen):
            return cls(name, 0.0, 1.0, constant=True, gaps=gaps, style=style)
        largest = float(np.abs(seen).max())
        if largest > LARGEST:
            raise DataError(
                f"the value {largest:g} of the covariate {name!r}",
                f"values of at most {LARGEST:g} in size",
                "correct it, or bring the column to a larger unit",
            )
        mean, deviation = float(seen.mean()), float(seen.std())
        if deviation <= ROUNDING * largest:
            return cls(name, float(seen[0]), 1.0, constant=True, gaps=gaps, style=style)
        return cls(name, mean, deviation, gaps=gaps, style=style)

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float32]:
        """Into standard units, any shape; NaN becomes 0, the training mean, and is to be masked."""
        # A later value may be far beyond the range of float32.
        with np.errstate(over="ignore"):
            scaled = ((values - self.mean) / self.deviation).astype(np.float32)
        return np.nan_to_num(scaled, copy=False, nan=0.0)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        style = None if self.style is None else NUMBER_STYLES.index(self.style)
        return {**vars(self), "style": style}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """What :meth:`to_json` gave."""
        style = data["style"]
        return cls(**{**data, "style": None if style is None else NUMBER_STYLES[style]})
