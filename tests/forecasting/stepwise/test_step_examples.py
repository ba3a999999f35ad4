import numpy as np
import pytest
import torch

from recurra.forecasting.panel import Series
from recurra.forecasting.plan import Plan
from recurra.forecasting.preparation import Prepared, prepare
from recurra.forecasting.stepwise.examples import Bounds, Examples, examples
from recurra.forecasting.stepwise.known import Known
from recurra.forecasting.stepwise.sight import Sight

PLAN = Plan(horizon=2, lookback=4, validation=5, test=6)
ALL = Bounds(1, 10**9, 10**9)


def series(name: str, values: list[float], missing: tuple[int, ...] = ()) -> Series:
    observed = ~np.isin(np.arange(len(values)), missing)
    return Series(name, np.int64(0), np.array(values, float), observed)


def windows_of(bounds: Bounds, *each: Series) -> tuple[list[Prepared], Examples | None]:
    prepared, known = prepare(each, PLAN), Known(Sight(4, 1), [], [])
    for one in prepared:
        known.add(one.series.id, one.train, one.scale)
    return prepared, examples(prepared, known, bounds)


@pytest.fixture
def ramp() -> list[float]:
    return [float(n**2 % 17) for n in range(25)]


def test_a_value_that_was_not_observed_is_no_target(ramp):
    _, windows = windows_of(ALL, series("a", ramp, missing=(7, 15)))
    assert windows.train.targets.tolist() == [4, 5, 6, 8, 9, 10, 11, 12, 13]
    assert windows.validation.targets.tolist() == [14, 16, 17, 18]


def test_series_that_stand_still_are_not_learned_from(ramp):
    prepared, windows = windows_of(ALL, series("a", [3.0] * 25), series("b", ramp))
    assert windows.train.values.numel() == 25
    assert torch.equal(windows.train.values, prepared[1].scaled)
    # Its changes are its own, although it is the second in the model.
    _, alone = windows_of(ALL, series("b", ramp))
    index = torch.arange(len(alone.train))
    assert torch.equal(windows.train[index][1], alone.train[index][1])


def test_where_nothing_varies_or_was_seen_there_is_nothing_to_learn(ramp):
    assert windows_of(ALL, series("a", [3.0] * 25))[1] is None
    assert windows_of(ALL, series("a", ramp, missing=tuple(range(14, 19))))[1] is None


def test_few_windows_are_gone_over_several_times_and_that_is_said(ramp):
    _, windows = windows_of(Bounds(25, 99, 99), series("a", ramp))
    assert len(windows.train) == 3 * 10
    assert windows.notes == ("an epoch goes over the 10 training windows 3 times",)


def test_of_many_windows_only_some_are_taken_and_that_is_said(ramp):
    _, windows = windows_of(Bounds(1, 9, 2), series("a", ramp))
    assert windows.validation.targets.tolist() == [14, 17]
    assert windows.notes == (
        "an epoch draws 9 of the 10 training windows anew",
        "of the validation windows one in 3 is used",
    )
