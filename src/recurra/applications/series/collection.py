"""Series of numbers side by side, and what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
"""A series: (T, C), a row a step and a column a channel; NaN where a value is missing."""


@dataclass(frozen=True)
class Collection:
    """N series of the same C channels, of any lengths.

    Attributes:
        series: Each (T, C), T its own, NaN where a value is missing.
        labels: The class of each, N; empty where none is known.
        names: What each is called, N.
        channels: What the channels are called, C.
        groups: Whose each is, N, such as the person who moved; empty where nothing is known.
        notes: What was found and left out, a sentence each.
    """

    series: Sequence[Values]
    labels: Sequence[str]
    names: Sequence[str]
    channels: tuple[str, ...]
    groups: Sequence[str] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """N."""
        return len(self.series)


def numbered(count: int) -> tuple[str, ...]:
    """Names of channels that have none."""
    return tuple(f"channel {n + 1}" for n in range(count))
