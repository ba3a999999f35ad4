import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.training.monitor import Monitor

numbers = st.floats(-1e6, 1e6)
deltas = st.floats(0, 10)


@given(numbers, numbers, deltas)
def test_at_most_one_of_two_values_is_better_than_the_other(a, b, delta):
    monitor = Monitor("loss", "min", delta)
    assert not (monitor.is_better(a, b) and monitor.is_better(b, a))


@given(numbers, numbers, deltas)
def test_max_is_min_of_the_negated(a, b, delta):
    least, greatest = Monitor("a", "min", delta), Monitor("a", "max", delta)
    assert greatest.is_better(a, b) == least.is_better(-a, -b)


@given(numbers, numbers, deltas)
def test_the_sign_of_min_delta_is_ignored(a, b, delta):
    assert Monitor("loss", "auto", delta).is_better(a, b) == Monitor(
        "loss", "auto", -delta
    ).is_better(a, b)


def test_a_change_of_exactly_min_delta_is_no_improvement():
    monitor = Monitor("loss", "min", 0.25)
    assert not monitor.is_better(0.75, 1.0)
    assert monitor.is_better(0.7, 1.0)


@pytest.mark.parametrize("reference", [None, 1.0, math.nan])
def test_nan_is_never_better(reference):
    assert not Monitor("loss").is_better(math.nan, reference)


def test_any_number_is_better_than_none_yet():
    assert Monitor("loss").is_better(math.inf, None)


def test_the_direction_of_a_loss_is_known_and_of_others_must_be_said():
    assert Monitor("val_loss").is_better(1.0, 2.0)
    with pytest.raises(OptionError, match='mode="max"'):
        Monitor("val_accuracy")
    assert Monitor("val_accuracy", "max").is_better(2.0, 1.0)
