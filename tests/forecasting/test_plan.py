from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra import Callback, Forecaster, Trainer
from recurra.errors import DataError, OptionError
from recurra.forecasting.demo import sine
from recurra.forecasting.plan import Plan, Split, Wishes, check_counts, make_plan
from recurra.forecasting.stepwise.examples import Bounds, examples


def test_the_reference_case_is_split_as_wished():
    plan = make_plan([2000], natural=63, season=63, wishes=Wishes(200, 10, 200, 200))
    assert plan == Plan(horizon=200, lookback=10, validation=200, test=200)
    assert plan.split(2000) == Split(train=1600, validation=200, test=200)


def test_an_epoch_of_the_reference_case_is_one_pass_over_its_1590_windows():
    # Just enough for the 50 steps that an epoch must have: a second pass would change the case.
    class Seen(Callback):
        def on_train_begin(self, trainer: Trainer) -> None:
            self.steps = trainer.steps

    seen = Seen()
    forecaster = Forecaster(
        cell="elman",
        hidden_size=4,
        epochs=1,
        callbacks=[seen],
        horizon=200,
        validation=200,
        test=200,
        lookback=10,
    ).fit(sine())
    bounds = Bounds(49 * 32 + 1, 256 * 32, 4096)
    windows = examples(forecaster.prepared_, forecaster.model_.known, bounds)
    assert windows is not None
    assert (len(windows.train), len(windows.validation)) == (1590, 200)
    assert windows.notes == ()
    assert seen.steps == 50
    assert not [note for note in forecaster.notes_ if "an epoch" in note]


def test_twelve_years_of_months_are_judged_on_the_last():
    plan = make_plan([144], natural=12, season=12, wishes=Wishes())
    assert plan == Plan(horizon=12, lookback=12, validation=12, test=12)


def test_the_lookback_is_a_season_of_up_to_48_steps():
    lookbacks = [make_plan([3000], 24, season, Wishes()).lookback for season in (1, 7, 30, 168)]
    assert lookbacks == [24, 10, 30, 48]


def test_series_too_short_for_the_parts_are_refused_in_figures():
    with pytest.raises(DataError) as caught:
        make_plan([20, 30], 12, 12, Wishes(horizon=12, lookback=12, validation=12, test=12))
    assert caught.value.given == "a history of 30 points for a horizon of 12"
    assert caught.value.expected.startswith("at least 40 points: 12 to look back")


def test_the_shortest_series_that_fits_is_taken():
    wishes = Wishes(horizon=12, lookback=12, validation=12, test=12)
    plan = make_plan([40], 12, 12, wishes)
    assert plan.least == 40
    assert plan.split(40).train - plan.lookback == 4


@pytest.mark.parametrize("name", ["horizon", "lookback", "validation", "test"])
@pytest.mark.parametrize("value", [0, -3, 2.5, 4.0, "4", "four", True, float("nan"), [4]])
def test_a_wish_that_is_no_number_of_steps_is_refused(name: str, value: Any):
    with pytest.raises(OptionError) as caught:
        Wishes(**{name: value})
    assert caught.value.given == f"{name}={value!r}"


def test_numbers_of_numpy_are_taken_and_become_plain():
    plan = make_plan([100], 10, 1, Wishes(*np.array([4, 6, 8, 8])))
    assert plan == Plan(4, 6, 8, 8)
    assert {type(size) for size in vars(plan).values()} == {int}


def test_counts_that_are_not_set_pass():
    check_counts(epochs=None, batch_size=np.int32(1))
    with pytest.raises(OptionError, match="batch_size=0"):
        check_counts(epochs=1, batch_size=0)


@given(
    st.lists(st.integers(3, 5000), min_size=1, max_size=5), st.integers(1, 400), st.integers(1, 400)
)
def test_every_plan_can_be_carried_out(lengths, natural, season):
    try:
        plan = make_plan(lengths, natural, season, Wishes())
    except DataError:
        # Without wishes only very short series are refused.
        assert max(lengths) < 14
        return
    split = plan.split(max(lengths))
    assert min(vars(plan).values()) >= 1
    assert split.train + split.validation + split.test == max(lengths)
    assert split.train >= plan.lookback + 4
    assert plan.test % plan.horizon == 0
    assert plan.validation <= plan.test


def test_the_horizon_in_words():
    assert [Plan(k, 1, 1, 1).reach for k in (1, 12, 1200)] == ["1 step", "12 steps", "1,200 steps"]
