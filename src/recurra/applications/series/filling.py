"""What stands in for values that are missing."""

from __future__ import annotations

import numpy as np

from recurra.applications.series.collection import Values


def filled(series: Values) -> Values:
    """A series whose gaps are closed, each channel for itself.

    Between two values a gap is a straight line; before the first and behind the last value it is
    that value. A channel without any value stays NaN.

    Args:
        series: (T, C).
    """
    missing = np.isnan(series)
    if not missing.any():
        return series
    steps, whole = np.arange(len(series)), series.copy()
    for channel in np.flatnonzero(missing.any(0)):
        gaps = missing[:, channel]
        if not gaps.all():
            known = series[~gaps, channel]
            whole[gaps, channel] = np.interp(steps[gaps], steps[~gaps], known)
    return whole
