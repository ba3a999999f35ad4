import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.metrics import Scores, mase_scale

nan = math.nan


def test_each_metric_on_an_example_worked_by_hand():
    # Errors 1, 0 and 3; 1/3, 0 and 3/5 of the sums.
    scores = Scores.of(np.array([1.0, 2, 4]), np.array([2.0, 2, 1]), scale=2)
    assert scores.mse == pytest.approx(10 / 3)
    assert scores.rmse == pytest.approx(math.sqrt(10 / 3))
    assert scores.mae == pytest.approx(4 / 3)
    assert scores.smape == pytest.approx(200 * (1 / 3 + 3 / 5) / 3)
    assert scores.mase == pytest.approx(2 / 3)


def test_smape_counts_a_zero_forecast_of_zero_as_right():
    assert Scores.of(np.array([0.0, 1]), np.array([0.0, 3]), 1).smape == pytest.approx(50)


def test_smape_is_200_where_the_sign_is_wrong():
    assert Scores.of(np.array([1.0, 0]), np.array([-1.0, 5]), 1).smape == 200


def test_what_was_not_observed_is_left_out():
    truth, forecast = np.array([[1.0, nan], [nan, 4]]), np.array([[2.0, 1e9], [-1e9, 1]])
    assert Scores.of(truth, forecast, 2) == Scores.of(np.array([1.0, 4]), np.array([2.0, 1]), 2)


def test_without_a_truth_nothing_is_defined():
    assert Scores.of(np.array([nan]), np.array([1.0]), 1) == Scores(None, None, None, None, None)


def test_mase_alone_is_undefined_where_the_naive_forecast_never_erred_in_training():
    scores = Scores.of(np.array([1.0]), np.array([3.0]), scale=0)
    assert (scores.mase, scores.mae) == (None, 2)


@pytest.mark.parametrize(
    ("season", "scale"),
    [(1, (1 + 1 + 2 + 2 + 2) / 5), (3, (4 + 5 + 6) / 3), (5, 8), (6, 1.6), (99, 1.6)],
)
def test_mase_divides_by_the_seasonal_naive_error_or_the_naive_one_if_no_season_fits(season, scale):
    assert mase_scale(np.array([1.0, 2, 3, 5, 7, 9]), season) == pytest.approx(scale)


def test_mase_scale_of_a_single_point_is_0():
    assert mase_scale(np.array([7.0]), 1) == 0


def test_the_mean_of_scores_leaves_undefined_ones_out():
    mean = Scores.mean([Scores(1, 2, 3, 4, None), Scores(3, 4, 5, 6, 8), Scores(*[None] * 5)])
    assert mean == Scores(2, 3, 4, 5, 8)
    assert Scores.mean([Scores(*[None] * 5)]) == Scores(*[None] * 5)


numbers = st.floats(-1e6, 1e6, allow_subnormal=False)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30), st.floats(0.01, 100))
def test_metrics_agree_with_their_formulas_summed_exactly(pairs, scale):
    scores = Scores.of(*map(np.array, zip(*pairs, strict=True)), scale)
    count = len(pairs)
    mae = math.fsum(abs(y - f) for y, f in pairs) / count
    mse = math.fsum((y - f) ** 2 for y, f in pairs) / count
    shares = (abs(y - f) / (abs(y) + abs(f)) for y, f in pairs if y or f)
    expected = (mse, math.sqrt(mse), mae, 200 * math.fsum(shares) / count, mae / scale)
    assert tuple(vars(scores).values()) == pytest.approx(expected, rel=1e-12)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30))
def test_smape_lies_between_0_and_200_and_does_not_care_which_is_the_truth(pairs):
    truth, forecast = map(np.array, zip(*pairs, strict=True))
    smape = Scores.of(truth, forecast, 1).smape
    assert 0 <= smape <= 200 * (1 + 1e-12)
    assert smape == pytest.approx(Scores.of(forecast, truth, 1).smape)
