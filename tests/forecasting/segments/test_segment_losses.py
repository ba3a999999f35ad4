"""Losses are the metrics, worked by hand."""

import pytest
import torch

from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.losses import Scaled, ScaledAndShare, naive_figures

EMPTY = torch.zeros(2, 1)
TRUTH = torch.tensor([[2.0, 4.0], [10.0, 99.0]])
COUNTS = torch.tensor([[1.0, 1.0], [1.0, 0.0]])
BATCH = Batch(EMPTY, EMPTY, TRUTH, COUNTS, torch.tensor([2.0, 5.0]))
FORECAST = torch.tensor([[3.0, 2.0], [20.0, 0.0]])


def test_mase() -> None:
    # Errors of 1, 2 and 10, divided by 2, 2 and 5; the fourth value does not count.
    assert Scaled()(FORECAST, BATCH).item() == pytest.approx((0.5 + 1 + 2) / 3)


def test_half_mase_and_half_smape_as_shares_of_the_naive_forecasts() -> None:
    share = (2 * 1 / 5 + 2 * 2 / 6 + 2 * 10 / 30) / 3
    assert naive_figures(FORECAST, BATCH) == pytest.approx((3.5 / 3, share))
    # So a forecast has a loss of 1 against itself.
    assert ScaledAndShare(3.5 / 3, share)(FORECAST, BATCH).item() == pytest.approx(1)
    assert ScaledAndShare(7 / 3, share)(FORECAST, BATCH).item() == pytest.approx(0.75)


def test_what_does_not_count_has_no_gradient() -> None:
    forecast = FORECAST.clone().requires_grad_()
    ScaledAndShare(1.0, 1.0)(forecast, BATCH).backward()
    assert forecast.grad is not None
    assert forecast.grad[1, 1] == 0
    assert (forecast.grad[COUNTS > 0] != 0).all()
