"""The metrics that forecasts are judged by, as losses."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from recurra.forecasting.segments.batch import Batch


@dataclass(frozen=True)
class Scaled:
    """Mean absolute scaled error, as MASE (Hyndman & Koehler 2006), of windows."""

    def __call__(self, forecast: Tensor, batch: Batch) -> Tensor:
        """Of a batch, ()."""
        error = (forecast - batch.future).abs() * batch.counts / batch.naive.unsqueeze(1)
        return error.sum() / batch.counts.sum().clamp(min=1)


@dataclass(frozen=True)
class ScaledAndShare:
    """Half MASE and half sMAPE, each as a share of the naive forecast's, as M4's OWA.

    Attributes:
        scaled: The naive forecast's MASE on the training windows, above 0.
        share: Its sMAPE there, as a number from 0 to 2, above 0.
    """

    scaled: float
    share: float

    def __call__(self, forecast: Tensor, batch: Batch) -> Tensor:
        """Of a batch, ()."""
        error = (forecast - batch.future).abs() * batch.counts
        size = (forecast.abs() + batch.future.abs()).clamp(min=1e-8)
        scaled = error / batch.naive.unsqueeze(1) / self.scaled
        share = 2 * error / size / self.share
        return (scaled + share).sum() / (2 * batch.counts.sum().clamp(min=1))


def naive_figures(base: Tensor, batch: Batch) -> tuple[float, float]:
    """MASE and sMAPE (0 to 2) of a forecast, (B, K), each at least 1e-6."""
    scaled = Scaled()(base, batch).item()
    error = (base - batch.future).abs() * batch.counts
    size = (base.abs() + batch.future.abs()).clamp(min=1e-8)
    share = (2 * error / size).sum() / batch.counts.sum().clamp(min=1)
    return max(scaled, 1e-6), max(share.item(), 1e-6)
