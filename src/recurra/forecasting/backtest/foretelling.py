"""Covariates that hold the target's future, such as a column shifted the wrong way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ALIKE = 0.999
"""From this correlation of their changes on two columns count as one."""

LONGEST = 50
"""Steps ahead that are looked at, at most."""

FEWEST = 10
"""Changes that must be seen in both."""


def foretold(covariate: Array, target: Array, horizon: int) -> int:
    """How many steps ahead a covariate tells the target; 0 if it does not.

    Their changes from step to step are compared, so that a common trend is no likeness. One that
    tells the past or the present as well, as anything does of an exact season, is not counted.

    Args:
        covariate: (N,), NaN where missing.
        target: (N,), NaN where missing.
        horizon: K.
    """
    x, y = np.diff(covariate), np.diff(target)
    steps = range(1, min(horizon, LONGEST) + 1)
    ahead = next((k for k in steps if _likeness(x, y, k) >= ALIKE), 0)
    before = any(_likeness(x, y, -k) >= ALIKE for k in (0, *steps)) if ahead else False
    return 0 if before else ahead


def _likeness(x: Array, y: Array, ahead: int) -> float:
    """The size of the correlation of x with y so many steps later."""
    count = len(x) - abs(ahead)
    if count < FEWEST:
        return 0.0
    left, right = (x[:count], y[ahead:]) if ahead >= 0 else (x[-ahead:], y[:count])
    both = np.isfinite(left) & np.isfinite(right)
    left, right = left[both], right[both]
    if len(left) < FEWEST or np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(abs(np.corrcoef(left, right)[0, 1]))
