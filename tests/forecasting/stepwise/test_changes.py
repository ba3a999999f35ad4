import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.forecasting.stepwise.changes import Changes
from recurra.forecasting.stepwise.sight import Sight

numbers = st.floats(-100, 100)


def double(number: float) -> torch.Tensor:
    return torch.tensor(number, dtype=torch.float64)


def test_drift_and_spread_of_changes_worked_by_hand():
    changes = Changes.of(np.array([0.0, 1, 3, 6]), Sight(9, 1))
    assert changes.drift.item() == 2
    assert changes.spread.item() == pytest.approx(np.sqrt(2 / 3))
    changes = Changes.of(np.array([0.0, 1, 3, 6]), Sight(9, 2))
    assert (changes.drift.item(), changes.spread.item()) == (4, 1)


@given(numbers, numbers, numbers, st.floats(0.01, 100))
def test_the_answer_asked_for_means_the_value(base, value, drift, spread):
    changes = Changes(Sight(9, 1), double(drift), double(spread))
    answer = changes.targets(double(base), double(value))
    assert changes.values(double(base), answer).item() == pytest.approx(value, abs=1e-9)


@given(numbers, numbers, numbers, st.floats(0.01, 100))
def test_the_value_that_an_answer_means_asks_for_that_answer(base, answer, drift, spread):
    changes = Changes(Sight(9, 1), double(drift), double(spread))
    value = changes.values(double(base), double(answer))
    assert changes.targets(double(base), value).item() == pytest.approx(answer, abs=1e-7)


def test_where_nothing_changes_unevenly_no_answer_matters_and_targets_are_finite():
    changes = Changes.of(np.full(9, 0.3), Sight(9, 2))
    assert changes.values(torch.tensor(5.0), torch.tensor(1e6)) == 5
    assert changes.targets(torch.tensor(5.0), torch.tensor(5.0)) == 0


@pytest.mark.parametrize("lag", [1, 2, 7])
def test_a_straight_line_is_even_although_its_steps_differ_by_rounding(lag):
    line = 0.1 * np.arange(100)
    assert np.ptp(line[lag:] - line[:-lag]) > 0
    assert Changes.of((line - line.mean()) / line.std(), Sight(9, lag)).spread == 0


def test_small_changes_that_float32_can_tell_are_not_called_even():
    wobble = np.where(np.arange(50) % 2, 1e-4, 0.0) + np.linspace(-2, 2, 50)
    assert Changes.of(wobble, Sight(9, 1)).spread > 5e-5


def test_stacked_changes_give_each_row_its_own():
    first, second = (
        Changes.of(np.array(steps), Sight(9, 1)) for steps in ([0.0, 1, 3], [0.0, 5, 2])
    )
    both = Changes.stack([first, second])[torch.tensor([1, 0, 1])]
    assert both.drift.tolist() == [1, 1.5, 1]
    assert both.spread.tolist() == [4, 0.5, 4]


def test_the_changes_of_one_series_suit_any_row():
    changes = Changes.of(np.array([0.0, 1, 3]), Sight(9, 1))
    assert changes[slice(3, 9)] is changes
