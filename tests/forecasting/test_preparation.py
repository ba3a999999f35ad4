import numpy as np
import pytest
import torch

from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Bounds, examples, prepare

PLAN = Plan(horizon=2, lookback=4, validation=5, test=6)
ALL = Bounds(1, 10**9, 10**9)


def series(name: str, values: list[float], missing: tuple[int, ...] = ()) -> Series:
    observed = ~np.isin(np.arange(len(values)), missing)
    return Series(name, np.int64(0), np.array(values, float), observed)


@pytest.fixture
def ramp() -> list[float]:
    return [float(n**2 % 17) for n in range(25)]


def test_scale_and_changes_come_from_the_training_part_alone(ramp):
    (one,) = prepare([series("a", ramp)], PLAN, [1])
    (other,) = prepare([series("a", ramp[:14] + [1e6] * 11)], PLAN, [1])
    assert one.train.tolist() == ramp[:14]
    assert (one.scale, one.changes.sight.lag) == (other.scale, other.changes.sight.lag)
    assert torch.equal(one.changes.drift, other.changes.drift)
    assert torch.equal(one.changes.spread, other.changes.spread)
    assert one.scaled[:14].numpy() == pytest.approx(one.scale.scaled(np.array(ramp[:14])), abs=1e-6)
    assert one.scaled[:14].mean().abs() < 1e-6


def test_the_change_is_counted_from_the_lag_that_repeats_best():
    season = [0.0, 5, 9, 2, 7] * 6
    (one,) = prepare([series("a", season)], PLAN, [1])
    assert one.changes.sight.lag == 1
    (one,) = prepare([series("a", season)], PLAN, [1, 5])
    assert one.changes.sight.lag == 5


def test_histories_are_the_values_before_each_place(ramp):
    (one,) = prepare([series("a", ramp)], PLAN, [1])
    rows = one.histories(np.array([4, 9]))
    assert torch.equal(rows, torch.stack([one.scaled[0:4], one.scaled[5:9]]))


def test_a_value_that_was_not_observed_is_no_target(ramp):
    prepared = prepare([series("a", ramp, missing=(7, 15))], PLAN, [1])
    windows = examples(prepared, ALL)
    assert windows.train.targets.tolist() == [4, 5, 6, 8, 9, 10, 11, 12, 13]
    assert windows.validation.targets.tolist() == [14, 16, 17, 18]


def test_series_that_stand_still_are_not_learned_from(ramp):
    prepared = prepare([series("a", [3.0] * 25), series("b", ramp)], PLAN, [1])
    windows = examples(prepared, ALL)
    assert windows.train.values.numel() == 25
    assert torch.equal(windows.train.values, prepared[1].scaled)


def test_where_nothing_varies_or_was_seen_there_is_nothing_to_learn(ramp):
    assert examples(prepare([series("a", [3.0] * 25)], PLAN, [1]), ALL) is None
    unseen = series("a", ramp, missing=tuple(range(14, 19)))
    assert examples(prepare([unseen], PLAN, [1]), ALL) is None


def test_few_windows_are_gone_over_several_times_and_that_is_said(ramp):
    windows = examples(prepare([series("a", ramp)], PLAN, [1]), Bounds(25, 99, 99))
    assert len(windows.train) == 3 * 10
    assert windows.notes == ("an epoch goes over the 10 training windows 3 times",)


def test_of_many_windows_only_some_are_taken_and_that_is_said(ramp):
    windows = examples(prepare([series("a", ramp)], PLAN, [1]), Bounds(1, 9, 2))
    assert windows.validation.targets.tolist() == [14, 17]
    assert windows.notes == (
        "an epoch draws 9 of the 10 training windows anew",
        "of the validation windows one in 3 is used",
    )
