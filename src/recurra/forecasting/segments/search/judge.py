"""The one loss by which all candidates of a search are compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.baselines import seasonal_naive
from recurra.forecasting.histories import Histories
from recurra.forecasting.metrics import mase_scale
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments.model import SegmentModel

Array = NDArray[np.float64]

MOST_JUDGED = 2048
"""Forecasts that a judgement looks at, their origins evenly spaced over all series."""

LEAST = 1e-6
"""Smaller errors of the seasonal naive forecast are taken for this."""


@dataclass(frozen=True)
class Judge:
    """Compares forecasts of the validation parts with what came, beside the seasonal naive one.

    Forecasts are compared in the units of the series, whatever a candidate sees its windows in, and
    from the same origins for all. Every point of a validation part is one, and of what is forecast
    from there counts what lies in the part.

    Attributes:
        prepared: Series with a validation part.
        origins: Of each series, int64.
        truth: What came, (W, K), NaN where nothing was observed or counts.
        scale: What MASE divides by, (W, 1).
        relative: Whether sMAPE counts as well, as it does where all values are above 0.
        naive: MASE and sMAPE of the seasonal naive forecast.
    """

    prepared: Sequence[Prepared]
    origins: Sequence[NDArray[np.int64]]
    truth: Array
    scale: Array
    relative: bool
    naive: tuple[float, float]

    @classmethod
    def of(
        cls, prepared: Sequence[Prepared], horizon: int, season: int, *, relative: bool
    ) -> Self | None:
        """The judge of some series; None if nothing was observed in their validation parts.

        Args:
            prepared: The series.
            horizon: K.
            season: m, 1 if there is none.
            relative: Whether sMAPE counts as well.
        """
        origins = _origins(prepared)
        pairs = [(one, at) for one, at in zip(prepared, origins, strict=True) if len(at)]
        if not pairs:
            return None
        truth = np.concatenate([_truth(one, at, horizon) for one, at in pairs])
        if not np.isfinite(truth).any():
            return None
        scale = np.concatenate([np.full((len(at), 1), _scale(one, season)) for one, at in pairs])
        naive = np.concatenate([_naive(one, at, horizon, season) for one, at in pairs])
        kept, places = [one for one, _ in pairs], [at for _, at in pairs]
        mase, smape = (float(np.nanmean(one)) for one in _errors(naive, truth, scale))
        return cls(kept, places, truth, scale, relative, (mase, smape))

    def histories(self, reach: int) -> list[Histories]:
        """What a model that reads so many values is shown."""
        return [
            one.histories(at, reach) for one, at in zip(self.prepared, self.origins, strict=True)
        ]

    @property
    def stretches(self) -> NDArray[np.int64]:
        """The stretch of a horizon in which each origin lies, (W,), counted over all series."""
        horizon, found, before = self.truth.shape[1], [], 0
        for one, at in zip(self.prepared, self.origins, strict=True):
            _, numbers = np.unique((at - one.split.train) // horizon, return_inverse=True)
            found.append(before + numbers)
            before += int(numbers.max()) + 1
        return np.concatenate(found)

    @property
    def count(self) -> int:
        """How many stretches there are."""
        return int(self.stretches.max()) + 1

    def errors(self, model: SegmentModel, histories: Sequence[Histories]) -> Array:
        """The errors of a model as shares of the seasonal naive forecast's, by MASE.

        Where all values are above 0 the means of that and of the same by sMAPE, as M4's OWA.

        Returns:
            (W, K), NaN where nothing counts; the mean is what candidates are compared by.
        """
        found = np.concatenate([*model.forecast_each(histories, self.truth.shape[1])])
        pairs = zip(_errors(found, self.truth, self.scale), self.naive, strict=True)
        scaled, relative = [own / max(naive, LEAST) for own, naive in pairs]
        return (scaled + relative) / 2 if self.relative else scaled


def _errors(forecast: Array, truth: Array, scale: Array) -> tuple[Array, Array]:
    """What MASE is the mean of, and sMAPE as a number from 0 to 2, (W, K) each."""
    error = np.abs(forecast - truth)
    size = np.maximum(np.abs(forecast) + np.abs(truth), 1e-300)
    return error / scale, 2 * error / size


def _origins(prepared: Sequence[Prepared]) -> list[NDArray[np.int64]]:
    """The origins in the validation parts; of more than :data:`MOST_JUDGED` evenly spaced ones."""
    counts = [one.split.validation for one in prepared]
    chosen = np.arange(sum(counts))
    if len(chosen) > MOST_JUDGED:
        chosen = np.linspace(0, len(chosen) - 1, MOST_JUDGED).astype(np.int64)
    ends = np.cumsum(counts)
    parts = np.split(chosen, np.searchsorted(chosen, ends)[:-1])
    return [
        one.split.train + part - (end - count)
        for one, part, end, count in zip(prepared, parts, ends, counts, strict=True)
    ]


def _truth(one: Prepared, origins: NDArray[np.int64], horizon: int) -> Array:
    end = one.split.train + one.split.validation
    values = np.where(one.series.observed, one.series.values, np.nan)[:end]
    padded = np.concatenate([values, np.full(horizon, np.nan)])
    truth: Array = padded[origins[:, None] + np.arange(horizon)]
    return truth


def _scale(one: Prepared, season: int) -> float:
    """What MASE divides by; where that is next to nothing, a thousandth of the mean size."""
    size = 1e-3 * float(np.abs(one.train).mean())
    return max(mase_scale(one.train, season), size, 1e-12)


def _naive(one: Prepared, origins: NDArray[np.int64], horizon: int, season: int) -> Array:
    lag = season if one.split.train >= season else 1
    return seasonal_naive(one.series.values, origins, horizon, lag)
