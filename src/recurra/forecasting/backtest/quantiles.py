"""From intervals to the quantiles that they name, and to one figure for a whole distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def quantiles(point: str, low: Mapping[float, str], high: Mapping[float, str]) -> dict[float, str]:
    """Which column holds which quantile, the lowest first; a forecast itself stands for the median.

    Args:
        point: The column of the forecast.
        low: Columns of lower ends by level in percent: that of 80 is the quantile 0.1.
        high: Columns of upper ends.
    """
    found = {0.5: point}
    found |= {(100 - level) / 200: column for level, column in low.items()}
    found |= {(100 + level) / 200: column for level, column in high.items()}
    return dict(sorted(found.items()))


def crps_weights(at: Sequence[float]) -> Array:
    """What each quantile's pinball loss counts for in the continuous ranked probability score.

    The score is twice the integral of the pinball loss over all quantiles from 0 to 1 (Laio &
    Tamea 2007, equation 13). It is taken by the trapezoid rule, so that quantiles that lie apart
    count for more; at 0 and at 1 the loss is 0. Few quantiles give a rough figure, which compares
    only with one from the same quantiles.

    Args:
        at: (Q,) in (0, 1), rising.

    Returns:
        (Q,).
    """
    ends = np.concatenate([[0.0], np.asarray(at, np.float64), [1.0]])
    return np.asarray(ends[2:] - ends[:-2])
