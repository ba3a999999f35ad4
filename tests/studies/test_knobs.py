"""Settings and spaces: what may be drawn is drawn, all else is refused in words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.studies.knobs import NAMES, Choice, Interval, Settings, check_name

WRONG = {
    "hidden_size": [0, -3, 2.0, True, "8"],
    "layers": [0, 1.5, None],
    "learning_rate": [0, -1e-3, math.inf, math.nan, "0.1", True],
    "optimizer": ["lion", 1, None],
    "one_minus_momentum": [0, 1.01, -0.5],
    "weight_decay": [-1e-9, math.nan],
    "batch_size": [0, 0.5],
    "loss": ["median", 1],
    "clip_norm": [-1, math.inf],
    "input_noise": [-0.1],
    "dropout": [1, -0.1],
}


def test_every_setting_has_wrong_values_here() -> None:
    assert set(WRONG) == set(NAMES)


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, vs in WRONG.items() for v in vs])
def test_a_value_out_of_range_is_refused_with_the_setting_and_the_value(name, value) -> None:
    with pytest.raises(OptionError) as error:
        Settings(**{name: value})
    assert name in error.value.given
    assert repr(value) in error.value.given
    assert error.value.expected


def test_units_and_rows_may_be_left_to_the_study() -> None:
    assert Settings().hidden_size is None
    assert Settings().batch_size is None


@pytest.mark.parametrize(
    ("name", "within", "words"),
    [
        ("learning_rate", Interval(1e-2, 1e-3), "low below high"),
        ("learning_rate", Interval(1e-3, 1e-3), "low below high"),
        ("learning_rate", Interval(1e-3, math.inf), "finite"),
        ("learning_rate", Interval("a", "b"), "finite numbers"),
        ("input_noise", Interval(0, 1, log=True), "logarithms"),
        ("learning_rate", Interval(0, 1), "above 0 at both ends"),
        ("dropout", Interval(0, 1), "below 1 at both ends"),
        ("hidden_size", Interval(1.5, 9), "whole number"),
        ("optimizer", Interval(0, 1), "one of adam"),
        ("optimizer", Choice(()), "at least one"),
        ("optimizer", Choice(("adam", "adam")), "each once"),
        ("optimizer", Choice(("adam", "lion")), "one of adam"),
        ("optimizer", Choice((["adam"], "sgd")), "one of adam"),
        ("batch_size", Choice((8, 0)), "at least 1"),
    ],
)
def test_a_space_without_allowed_values_is_refused(name, within, words) -> None:
    with pytest.raises(OptionError, match=f"space of {name}") as error:
        within.check(name)
    assert words in error.value.expected


def test_what_is_no_setting_is_refused_with_those_that_are() -> None:
    with pytest.raises(OptionError, match="'units' in a study") as error:
        check_name("units", "a study")
    assert "hidden_size" in error.value.expected


@given(
    low=st.floats(1e-6, 1e-2),
    times=st.floats(1.001, 1e3),
    log=st.booleans(),
    share=st.floats(0, 1),
)
def test_an_interval_is_optuna_s_and_holds_what_lies_in_it(low, times, log, share) -> None:
    within = Interval(low, low * times, log=log)
    within.check("learning_rate")
    made = within.within("learning_rate")
    assert (made.low, made.high, made.log) == (low, low * times, log)
    assert made._contains(min(low + share * (made.high - low), made.high))


def test_whole_settings_are_drawn_as_whole_numbers() -> None:
    made = Interval(2, 64, log=True).within("hidden_size")
    assert type(made).__name__ == "IntDistribution"
    assert (made.low, made.high, made.log, made.step) == (2, 64, True, 1)


def test_a_choice_keeps_its_values_in_their_order() -> None:
    assert Choice(("sgd", "adam")).within("optimizer").choices == ("sgd", "adam")
