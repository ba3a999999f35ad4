import json

import numpy as np

from recurra.forecasting.results import Seconds, metrics


def test_the_figures_of_a_fit_are_plain_data(fitted):
    figures = metrics(fitted, Seconds(1.23456, 0.01))
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert figures["test"]["multi_step"]["mae"] == fitted.evaluation_.multi_step.mae
    assert figures["verdict"] == fitted.verdict_
    assert (figures["epochs"], figures["seed"]) == (2, 0)
    assert figures["seconds"] == {"fit": 1.235, "predict": 0.01}


def test_parameters_are_counted_as_by_hand(fitted):
    # LSTM: 4 gates, each 8 x 1 and 8 x 8 weights and 8 biases; a linear layer of 8 and 1.
    assert metrics(fitted, Seconds(0, 0))["parameters"] == 4 * (8 + 64 + 8) + 9


def test_what_is_not_defined_is_none(small, frame, wave):
    figures = metrics(small().fit(frame(a=np.full(60, 2.0))), Seconds(0, 0))
    errors = figures["test"]["multi_step"]
    assert errors == {"mse": 0, "rmse": 0, "mae": 0, "smape": 0, "mase": None}
    assert figures["epochs"] == 0


def test_a_fit_that_was_not_judged_has_no_test_figures(fitted, tmp_path):
    fitted.save(tmp_path / "m")
    assert metrics(type(fitted).load(tmp_path / "m"), Seconds(0, 0))["test"] is None
