import json

import numpy as np
import pytest

from recurra.forecasting.evaluation import KINDS, evaluate
from recurra.forecasting.metrics import Scores, mase_scale
from recurra.forecasting.stepwise import rollout


def test_every_forecast_of_the_test_part_equals_one_made_by_hand(fitted_to_two):
    for one in fitted_to_two.prepared_:
        made = fitted_to_two.evaluation_.forecasts[one.series.id]
        y, start = one.series.values, len(one.series.values) - 8
        season = fitted_to_two.season_
        places = range(start, len(y))
        origins = [t - (t - start) % 4 for t in places]
        assert made.naive.tolist() == [y[origin - 1] for origin in origins]
        assert made.naive_one_step.tolist() == [y[t - 1] for t in places]
        assert made.seasonal_naive_one_step.tolist() == [y[t - season] for t in places]
        back = [season - (t - origin) % season for t, origin in zip(places, origins, strict=True)]
        assert made.seasonal_naive.tolist() == [
            y[origin - steps] for origin, steps in zip(origins, back, strict=True)
        ]


def test_the_network_forecasts_a_horizon_at_a_time_from_what_was_known_then(fitted_to_two):
    network, known = fitted_to_two.network_, fitted_to_two.model_.known
    for one in fitted_to_two.prepared_:
        made = fitted_to_two.evaluation_.forecasts[one.series.id]
        start = len(one.series.values) - 8
        for origin in (start, start + 4):
            window = one.scaled[None, origin - 6 : origin]
            ahead = (
                rollout.recursive(network, window, known.changes([one.number]), 4)[0]
                .double()
                .numpy()
            )
            part = slice(origin - start, origin - start + 4)
            assert made.multi_step[part] == pytest.approx(one.scale.restored(ahead), rel=1e-5)
            assert made.one_step[part][0] == pytest.approx(made.multi_step[part][0], rel=1e-5)


def test_scores_are_the_mean_over_series_on_observed_points(fitted_to_two):
    judged = fitted_to_two.evaluation_
    for kind in KINDS:
        each = [
            Scores.of(
                one.series.values[-8:],
                getattr(judged.forecasts[one.series.id], kind),
                mase_scale(one.series.values[: one.split.train], fitted_to_two.season_),
            )
            for one in fitted_to_two.prepared_
        ]
        assert getattr(judged, kind) == Scores.mean(each)


def test_points_that_were_not_observed_are_not_scored(small, frame, wave):
    y = wave()
    y[-3] = np.nan
    forecaster = small().fit(frame(a=y))
    (one,) = forecaster.prepared_
    made = forecaster.evaluation_.forecasts["a"].naive_one_step
    kept = [0, 1, 2, 3, 4, 6, 7]
    expected = np.abs(one.series.values[-8:] - made)[kept].mean()
    assert forecaster.evaluation_.naive_one_step.mae == pytest.approx(expected)


def test_a_test_part_that_is_no_whole_number_of_horizons_is_judged_to_its_end(small, frame, wave):
    forecaster = small(horizon=3).fit(frame(a=wave()))
    made = forecaster.evaluation_.forecasts["a"]
    assert {len(getattr(made, kind)) for kind in KINDS} == {8}
    y = forecaster.prepared_[0].series.values
    assert made.naive.tolist() == [y[-9]] * 3 + [y[-6]] * 3 + [y[-3]] * 2


def test_without_a_season_the_seasonal_naive_forecast_is_the_naive_one(fitted):
    judged = evaluate(fitted.model_, fitted.prepared_, fitted.plan_, season=1)
    assert judged.seasonal_naive == judged.naive
    assert judged.seasonal_naive_one_step == judged.naive_one_step


def test_scores_as_plain_data_can_be_written_as_json(fitted):
    data = json.loads(json.dumps(fitted.evaluation_.to_json()))
    assert set(data) == {
        *("one_step", "multi_step", "naive", "seasonal_naive"),
        *("naive_one_step", "seasonal_naive_one_step"),
    }
    assert data["multi_step"]["mae"] == fitted.evaluation_.multi_step.mae


def test_the_difference_to_a_naive_forecast_is_tested_over_origins(fitted_to_two):
    """By hand: absolute errors in units of each series' scale, a mean an origin."""
    forecaster = fitted_to_two
    each = []
    for one in forecaster.prepared_:
        made, truth = forecaster.evaluation_.forecasts[one.series.id], one.series.values[-8:]
        scale = mase_scale(one.series.values[: one.split.train], forecaster.season_)
        lost = abs(truth - made.one_step) - abs(truth - made.naive_one_step)
        each.append(lost / scale)
    test = forecaster.evaluation_.tests["naive_one_step"]
    assert test.origins == 8
    assert test.mean == pytest.approx(np.mean(each))
    by_hand = np.mean(each, axis=0)
    t = by_hand.mean() / (by_hand.std(ddof=1) / np.sqrt(8))
    assert test.statistic == pytest.approx(t)
    assert forecaster.evaluation_.tests["naive"].origins == 2
    assert forecaster.evaluation_.tests["naive"].reason == "fewer than 5 origins"
