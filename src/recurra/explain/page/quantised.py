"""Numbers in two bytes each, as pages carry them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = 65534
"""Steps from the least to the greatest value."""

NOTHING = 65535
"""What stands for NaN and infinity."""


@dataclass(frozen=True)
class Quantised:
    """Values (T, units), unit by unit.

    Attributes:
        low: The least of them.
        high: The greatest.
        text: uint16, little-endian, in base64.
    """

    low: float
    high: float
    text: str


def quantised(values: NDArray[Any]) -> Quantised:
    """Values to within 1/131,068 of their range.

    Args:
        values: (T, units).
    """
    by_unit = np.ascontiguousarray(values.T, dtype=np.float64)
    finite = np.isfinite(by_unit)
    low, high = (
        (float(by_unit[finite].min()), float(by_unit[finite].max())) if finite.any() else (0.0, 0.0)
    )
    size = high - low if high > low else 1.0
    places = np.full(by_unit.shape, NOTHING, dtype="<u2")
    places[finite] = np.rint((by_unit[finite] - low) / size * STEPS).astype("<u2")
    return Quantised(low, high, base64.b64encode(places.tobytes()).decode("ascii"))
