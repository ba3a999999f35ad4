"""After how many steps series repeat themselves best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MOST_STEPS = 12
"""Steps of the horizon at which lags are compared, evenly spaced."""


def choose_lag(scaled: Sequence[Array], lags: Sequence[int], horizon: int) -> int:
    """The lag whose repetition comes closest to the training parts, the mean over series.

    The last ``lag`` values repeated are the naive or a seasonal naive forecast; taken is the lag
    for which that varies least from the truth over all steps of the horizon.

    Args:
        scaled: The training part of each series in standard units.
        lags: To choose from; those that all series are too short for do not count.
        horizon: K.
    """
    errors = _errors(scaled, lags, horizon)
    return min(errors, key=errors.__getitem__)


def choose_long_lag(
    scaled: Sequence[Array], lags: Sequence[int], horizon: int, within: float = 0.05
) -> int:
    """The longest lag that is about as good as the best.

    Where the same hour of the day before and that of the week before forecast alike, the week
    before also tells a Saturday from a Friday; what happened since then, a network sees anyway.

    Args:
        scaled: As for :func:`choose_lag`.
        lags: Likewise.
        horizon: K.
        within: By how much it may be worse, in the standard deviations that ``scaled`` counts in.
    """
    errors = _errors(scaled, lags, horizon)
    most = within + min(errors.values())
    return max(lag for lag, error in errors.items() if error <= most)


def _errors(scaled: Sequence[Array], lags: Sequence[int], horizon: int) -> dict[int, float]:
    """How far the values so many steps apart differ, on average over the horizon."""
    longest = max(len(values) for values in scaled)
    usable = [lag for lag in lags if lag < longest - 1] or [1]
    ahead = np.unique(np.linspace(1, horizon, MOST_STEPS).round().astype(int))

    def spread(lag: int) -> float:
        distances = lag * -(-ahead // lag)
        return float(np.mean([_spread(scaled, int(distance)) for distance in distances]))

    return {lag: spread(lag) for lag in usable}


def _spread(scaled: Sequence[Array], distance: int) -> float:
    """The standard deviation of the difference between values so far apart."""
    longest = max(len(values) for values in scaled)
    distance = min(distance, longest - 2)
    steps = (v[distance:] - v[:-distance] for v in scaled if len(v) > distance + 1)
    return float(np.mean([one.std() for one in steps]))
