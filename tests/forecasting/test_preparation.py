import numpy as np
import pytest

from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan, Split
from recurra.forecasting.preparation import prepare

PLAN = Plan(horizon=2, lookback=4, validation=5, test=6)


def series(name: str, values: list[float]) -> Series:
    return Series(name, np.int64(0), np.array(values, float), np.ones(len(values), bool))


@pytest.fixture
def ramp() -> list[float]:
    return [float(n**2 % 17) for n in range(25)]


def test_the_scale_comes_from_the_training_part_alone(ramp):
    (one,) = prepare([series("a", ramp)], PLAN)
    (other,) = prepare([series("a", ramp[:14] + [1e6] * 11)], PLAN)
    assert one.train.tolist() == ramp[:14]
    assert one.scale == other.scale
    assert one.scaled[:14].numpy() == pytest.approx(one.scale.scaled(np.array(ramp[:14])), abs=1e-6)
    assert one.scaled[:14].mean().abs() < 1e-6


def test_series_are_numbered_in_their_order_and_split_each_by_its_length(ramp):
    first, second = prepare([series("b", ramp), series("a", ramp[:20])], PLAN)
    assert (first.series.id, first.number, first.split) == ("b", 0, Split(14, 5, 6))
    assert (second.series.id, second.number, second.split) == ("a", 1, Split(9, 5, 6))


def test_histories_are_the_values_before_each_place(ramp):
    _, one = prepare([series("b", ramp), series("a", ramp)], PLAN)
    rows = one.histories(np.array([4, 9]), 4)
    assert rows.values.tolist() == [ramp[0:4], ramp[5:9]]
    assert rows.series.tolist() == [1, 1]
    assert rows.ends.tolist() == [4, 9]
