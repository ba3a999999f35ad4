"""The time between points that were observed, for cells that ask how long ago the last one was."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from recurra.errors import DataError
from recurra.forecasting.frequency import Times

Whole = NDArray[np.int64]


def since_observed(observed: NDArray[np.bool_], starts: Whole) -> NDArray[np.float32]:
    """How many steps ago the last observed point before each point of a grid was.

    That is the time interval of Che et al. 2018 (arXiv:1606.01865, equation 2) on a grid of step 1.

    Args:
        observed: (N,) or (N, P), all series end to end; False where a value is missing.
        starts: (S,) where each series begins, rising from 0.

    Returns:
        Of the same shape: 0 at the first point of a series, then 1 after an observed point, and 1
        more for each missing one between. What was never observed counts from the first point.
    """
    columns = observed.reshape(len(observed), -1)
    places = np.arange(len(columns))
    begin = np.zeros(len(columns), np.int64)
    begin[starts] = starts
    begin = np.maximum.accumulate(begin)
    gaps = np.empty(columns.shape, np.float32)
    for number in range(columns.shape[1]):
        last = np.maximum.accumulate(np.where(columns[:, number], places, 0))
        before = np.maximum(np.concatenate([[0], last[:-1]]), begin)
        gaps[:, number] = places - before
    gaps[starts] = 0
    return gaps.reshape(observed.shape)


def between(times: Times, starts: Whole, unit: float = 1.0) -> NDArray[np.float32]:
    """The time since the point before, at points that follow no regular step.

    Args:
        times: (N,) datetime64[us] or int64, all series end to end, never falling inside each.
        starts: (S,) where each series begins, rising from 0.
        unit: What counts as 1: microseconds, or steps of whole numbers; above 0, as
            :func:`typical` gives it.

    Returns:
        (N,), 0 at the first point of each series.

    Raises:
        DataError: If a series goes back in time, or the unit is not above 0.
    """
    if not np.isfinite(unit) or unit <= 0:
        raise DataError(f"a unit of {unit:g}", "a time above 0", "take what typical() gives")
    gaps = np.diff(times, prepend=times[:1]).astype(np.int64)
    gaps[starts] = 0
    back = np.flatnonzero(gaps < 0)
    if len(back):
        raise DataError(
            f"The times go back from {times[back[0] - 1]} to {times[back[0]]}.",
            "times in order within each series",
            "sort the rows by series and time",
        )
    return (gaps / unit).astype(np.float32)


def typical(times: Times, starts: Whole, trained: NDArray[np.bool_]) -> float:
    """The median time between two training points of a series, to count gaps in.

    Args:
        times: (N,) as :func:`between` takes them.
        starts: (S,) likewise.
        trained: (N,), True at training points; later ones must not count.

    Returns:
        In microseconds or steps, above 0.

    Raises:
        DataError: If no two training points of a series have different times.
    """
    gaps = np.diff(times, prepend=times[:1]).astype(np.int64)
    counted = trained & (gaps > 0)
    counted[starts] = False
    if not counted.any():
        raise DataError(
            "No time between two training points can be seen.",
            "at least two different times in the training part of a series",
            "give a longer history",
        )
    return float(np.median(gaps[counted]))
