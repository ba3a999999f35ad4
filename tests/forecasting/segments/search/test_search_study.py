"""What optuna is asked and told, quietly; and what is said where it is missing."""

import math
import sys
from functools import partial

import optuna
import pytest

from recurra.errors import OptionError
from recurra.forecasting.segments.search.knobs import Knob
from recurra.forecasting.segments.search.study import Study, check_installed

KNOBS = (
    Knob("rate", (0.1, 0.2, 0.4, 0.8), 0.2),
    Knob("kind", ("a", "b", "c"), "b", ordered=False),
    Knob("width", (8, 16, 32), 16),
)
DEFAULT = {"rate": 0.2, "kind": "b", "width": 16}


def loss_of(choice) -> float:
    return abs(choice["rate"] - 0.8) + (choice["kind"] != "c") + abs(choice["width"] - 8) / 16


def choices(seed: int, count: int):
    study, found = Study([DEFAULT, {**DEFAULT, "width": 32}], KNOBS, seed), []
    for _ in range(count):
        asked = study.ask()
        found.append(asked.choice)
        study.tell(asked, loss_of(asked.choice))
    return found


def test_what_was_put_first_comes_first_and_then_it_learns() -> None:
    found = choices(0, 40)
    assert found[:2] == [DEFAULT, {**DEFAULT, "width": 32}]
    assert min(map(loss_of, found)) == 0
    early, late = found[2:12], found[-10:]
    assert sum(map(loss_of, late)) < sum(map(loss_of, early))


def test_the_same_seed_asks_the_same() -> None:
    assert choices(3, 15) == choices(3, 15)
    assert choices(3, 15) != choices(4, 15)


def test_a_seed_of_any_size_is_taken() -> None:
    assert len(choices(2**63 - 1, 3)) == 3


def test_what_is_worse_than_the_median_is_given_up_after_four_whole_trials() -> None:
    study = Study([DEFAULT], KNOBS, 0)
    for trial in range(4):
        asked = study.ask()
        assert not any(asked.hopeless(look, 1.0 + trial / 10) for look in range(5))
        study.tell(asked, 1.0 + trial / 10)
    asked = study.ask()
    assert [asked.hopeless(look, 2.0) for look in range(4)] == [False, False, True, True]
    study.tell(asked, math.inf)
    asked = study.ask()
    assert not any(asked.hopeless(look, 0.5) for look in range(5))


def test_a_loss_that_is_no_number_is_given_up() -> None:
    asked = Study([DEFAULT], KNOBS, 0).ask()
    assert asked.hopeless(0, math.inf)


def test_optuna_says_nothing_and_keeps_its_own_level(capfd) -> None:
    optuna.logging.set_verbosity(optuna.logging.INFO)
    optuna.logging.enable_default_handler()
    try:
        choices(0, 5)
        assert optuna.logging.get_verbosity() == optuna.logging.INFO
    finally:
        optuna.logging.set_verbosity(optuna.logging.WARNING)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("use", [check_installed, partial(Study, [DEFAULT], KNOBS, 0)])
def test_without_optuna_the_way_to_get_it_is_said(use, monkeypatch, assert_helpful) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(OptionError) as caught:
        use()
    assert_helpful(caught.value, "optuna", 'pip install "recurra[auto]"')
