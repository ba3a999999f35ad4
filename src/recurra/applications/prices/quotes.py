"""Prices of one thing, period after period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Times = NDArray[np.datetime64]

OPEN, HIGH, LOW, CLOSE = range(4)
PRICES = ("open", "high", "low", "close")
"""What the four prices of a period are called, in the order in which they stand."""

INTRADAY = np.timedelta64(20, "h")
"""Periods shorter than this are parts of a day."""


@dataclass(frozen=True)
class Quotes:
    """The prices of one thing; a period is a day, an hour, or whatever a row is.

    Attributes:
        name: The ticker.
        times: Ascending, (T,).
        prices: Open, high, low and close, above 0, (T, 4); no high is below, and no low above,
            another price of its period.
        volume: What was traded, (T,); NaN where that is not known.
    """

    name: str
    times: Times
    prices: Numbers
    volume: Numbers

    def __len__(self) -> int:
        return len(self.times)

    @property
    def intraday(self) -> bool:
        """Whether periods are parts of a day."""
        return len(self) > 1 and bool(np.median(np.diff(self.times)) < INTRADAY)
