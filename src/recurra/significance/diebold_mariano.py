"""Whether one forecast is better than another beyond chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recurra.significance.student import two_sided

Array = NDArray[np.float64]

FEWEST = 5
"""Of fewer origins nothing is claimed."""

SURE = 0.05
"""A difference is called real where chance alone gives one as large more rarely than this."""


@dataclass(frozen=True)
class DieboldMariano:
    """The test of Diebold & Mariano 1995 with the correction of Harvey, Leybourne & Newbold 1997.

    Attributes:
        mean: Of the differences in loss, below 0 where the first forecast is better.
        statistic: The corrected statistic, equation 9 of the latter; None if nothing was tested.
        p: How often chance alone, two-sided, gives a difference as large; None likewise.
        origins: W, how many differences there were.
        reason: Why nothing was tested, or "".
    """

    mean: float
    statistic: float | None
    p: float | None
    origins: int
    reason: str = ""

    @property
    def by_chance(self) -> bool:
        """Whether chance explains the difference; False where that was not tested."""
        return self.p is not None and self.p >= SURE

    def __str__(self) -> str:
        """What the test says, and no more."""
        if self.p is None:
            return f"whether that is chance was not tested ({self.reason})"
        p = f"p = {self.p:.2g}" if self.p >= 0.001 else "p < 0.001"
        what = "chance explains the difference" if self.by_chance else "more than chance explains"
        return f"{what} (Diebold-Mariano, {p}, {self.origins} origins)"

    def to_json(self) -> dict[str, float | int | str | None]:
        """Plain data."""
        return {**vars(self), "mean": self.mean if math.isfinite(self.mean) else None}


def differences(own: Array, rival: Array, truth: Array, scale: Array) -> Array:
    """The mean difference in absolute error at each origin, (W,), NaN where nothing was observed.

    All series and steps ahead of an origin are pooled to one number before anything is tested,
    since series of one time depend on each other: a thousand series from five origins are five
    observations, not five thousand. Errors count in units of the series' scale, so that series of
    all sizes count alike, each as much as any other.

    Args:
        own: (S, W, K).
        rival: (S, W, K).
        truth: (S, W, K), NaN where nothing was observed.
        scale: (S, W); a series whose scale is not above 0 does not count.
    """
    loss = np.abs(truth - own) - np.abs(truth - rival)
    scaled = loss / np.where(scale > 0, scale, np.nan)[:, :, None]
    return _mean(_mean(scaled, axis=2), axis=0)


def _mean(values: Array, axis: int) -> Array:
    """The mean of what is there, NaN where nothing is."""
    there = np.isfinite(values)
    counts = there.sum(axis=axis)
    sums = np.where(there, values, 0.0).sum(axis=axis)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def diebold_mariano(differences: Array, overlap: int = 1) -> DieboldMariano:
    """Tests whether the mean difference in loss is beyond chance.

    Nothing is tested where there are fewer than 5 origins, or not more than twice as many as
    overlap, or where the differences are all the same.

    Args:
        differences: (W,) in the order of time; those that are NaN are left out.
        overlap: h, how many forecasts in a row share points, so that neighbouring differences
            depend on each other: the horizon divided by the step between origins, rounded up.
    """
    kept = differences[np.isfinite(differences)]
    count = len(kept)
    mean = float(kept.mean()) if count else math.nan
    if count < FEWEST or count <= 2 * overlap:
        least = max(FEWEST, 2 * overlap + 1)
        return DieboldMariano(mean, None, None, count, f"fewer than {least} origins")
    variance = _long_run_variance(kept, overlap)
    if variance <= 1e-24 * max(mean**2, 1e-276):
        return DieboldMariano(mean, None, None, count, "the same difference at every origin")
    correction = (count + 1 - 2 * overlap + overlap * (overlap - 1) / count) / count
    statistic = math.sqrt(correction) * mean / math.sqrt(variance / count)
    return DieboldMariano(mean, statistic, two_sided(statistic, count - 1), count)


def _long_run_variance(values: Array, overlap: int) -> float:
    """The variance of the sum over neighbours, up to h - 1 apart, by the count.

    The sum of autocovariances may come out negative; they are then weighted as by Newey & West
    1987, which cannot.
    """
    count, rest = len(values), values - values.mean()
    covariances = np.array([rest[lag:] @ rest[: count - lag] / count for lag in range(overlap)])
    plain = float(covariances[0] + 2 * covariances[1:].sum())
    if plain > 0:
        return plain
    weights = 1 - np.arange(1, overlap) / overlap
    return float(covariances[0] + 2 * (weights * covariances[1:]).sum())
