"""Scaling, learned from training time only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError

Array = NDArray[np.float64]

LARGEST = 1e100
"""Sums of squares of larger values leave the range of float64."""


@dataclass(frozen=True)
class Scale:
    """A series' own standard scale: z = (y - mean) / deviation.

    Attributes:
        mean: Of the training part, in the unit of the series.
        deviation: Its standard deviation, likewise; 0 if the training part is constant. Standard
            units are then those of the series, counted from that constant.
    """

    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Array) -> Scale:
        """The scale of these values, (N,), N at least 1.

        Raises:
            DataError: If their squares are too large to compute with.
        """
        constant = values.min() == values.max()
        if not constant and np.abs(values).max() > LARGEST:
            raise DataError(
                f"the value {values[np.abs(values).argmax()]:g}",
                f"values of at most {LARGEST:g} in size",
                "correct it, or bring the column to a larger unit",
            )
        mean = float(values[0] if constant else values.mean())
        return cls(mean, 0.0 if constant else float(values.std()))

    @property
    def constant(self) -> bool:
        """Whether the values it was learned from were all the same."""
        return self.deviation == 0

    def scaled(self, values: Array) -> Array:
        """Into standard units, any shape."""
        return (values - self.mean) / (self.deviation or 1.0)

    def restored(self, values: Array) -> Array:
        """Back into the unit of the series, any shape."""
        return self.mean + (self.deviation or 1.0) * values
