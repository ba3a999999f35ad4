"""The verdict says what the windows show, and what they do not."""

import numpy as np
import pytest

from recurra.forecasting.backtest.forecasts import Forecasts
from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.origins import Origins
from recurra.forecasting.backtest.scores import score
from recurra.forecasting.backtest.verdict import judge


def verdict(own, *, naive=1.0, drift=1.5, windows=10, noise=0.05, scale=1.0, series=2):
    """Of errors of about these sizes, the truth being 0."""
    random = np.random.default_rng(0)
    shape = (series, windows, 3)
    own, naive, drift = (
        np.abs(size + noise * random.normal(size=shape)) if size else np.zeros(shape)
        for size in (own, naive, drift)
    )
    truth = np.zeros(shape)
    judged = Judged(
        ("a", "b")[:series], truth, Forecasts(own, {}, {}), {"naive": naive, "drift": drift},
        np.full(shape[:2], scale),
    )  # fmt: skip
    return judge(judged, score(judged), Origins(3, windows, 3))


def test_better_beyond_chance():
    found = verdict(0.5)
    assert found.rival == "naive"
    assert found.text.startswith(
        "Recurra's forecasts are 50% closer to the truth than the best baseline, naive (the last "
        "value repeated): MASE 0.5"
    )
    assert "over 10 windows of 2 series, 3 steps ahead" in found.text
    assert "more than chance explains (Diebold-Mariano, p < 0.001, 10 origins)" in found.text


def test_worse_beyond_chance():
    text = verdict(2.0).text
    assert text.startswith(
        "Do not rely on this model: naive (the last value repeated) is 50% closer"
    )


@pytest.mark.parametrize("own", [0.99, 1.0, 1.01])
def test_about_equal(own):
    assert verdict(own).text.startswith("Recurra's forecasts are no better than naive")


@pytest.mark.parametrize("own", [0.9, 1.1])
def test_a_difference_that_chance_explains_is_none(own):
    text = verdict(own, noise=1.0, drift=9.0).text
    assert text.startswith("Recurra's forecasts are no better than naive")
    assert "chance explains the difference (Diebold-Mariano, p = 0." in text


def test_of_too_few_windows_it_is_said_that_chance_was_not_tested():
    text = verdict(0.5, windows=2, series=1).text
    assert "49% closer" in text
    assert "over 2 windows, 3 steps ahead" in text
    assert "whether that is chance was not tested (fewer than 5 origins)" in text


def test_of_baselines_about_as_good_the_simplest_is_named():
    assert verdict(0.5, naive=1.0, drift=0.995).rival == "naive"
    assert verdict(0.5, naive=1.0, drift=0.8).rival == "drift"


def test_where_mase_is_not_defined_absolute_errors_are_compared():
    found = verdict(0.5, scale=0.0)
    assert "mean absolute error 0.5" in found.text
    assert found.test.p < 0.001


def test_a_baseline_without_error_is_not_divided_by():
    assert (
        "naive (the last value repeated) forecasts without any error" in verdict(0.5, naive=0).text
    )
    assert "both forecast without error" in verdict(0, naive=0).text


def test_nothing_observed():
    shape = (1, 2, 3)
    nothing = np.full(shape, np.nan)
    judged = Judged(("a",), nothing, Forecasts(np.zeros(shape), {}, {}), {"naive": np.zeros(shape)},
                    np.ones((1, 2)))  # fmt: skip
    found = judge(judged, score(judged), Origins(3, 2, 3))
    assert "Nothing was observed" in found.text
    assert found.test.to_json()["mean"] is None
