"""Shares of variance, on losses whose shares are known by hand."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from made_studies import outcome
from optuna.importance._fanova._tree import _FanovaTree
from sklearn.tree import DecisionTreeRegressor

from recurra.studies import Choice, Interval
from recurra.studies.analysis.importance import FEWEST, Importance, of_cell, together
from recurra.studies.analysis.leaves import Leaves
from recurra.studies.analysis.results import Cell
from recurra.studies.storage import Kept

UNIT = Interval(0.0, 1.0)
SPACE = {"input_noise": UNIT, "weight_decay": UNIT}


def found(space, loss, count=400, constant=100.0) -> Importance | None:
    chance = random.Random(0)
    trials = []
    for number in range(count):
        drawn = {}
        for name, one in space.items():
            if isinstance(one, Choice):
                drawn[name] = chance.choice(one.values)
            elif one.log:
                ends = math.log(one.low), math.log(one.high)
                drawn[name] = math.exp(chance.uniform(*ends))
            else:
                drawn[name] = chance.uniform(one.low, one.high)
        trials.append(Kept(number, drawn, outcome(loss(**drawn), constant=constant)))
    return of_cell(Cell("jsb", "GRU", trials, [], by_again=False), space)


def test_a_sum_is_settings_alone_in_the_ratio_of_their_variances() -> None:
    # Variances of 3x and y on [0, 1]: 9/12 and 1/12.
    one = found(SPACE, lambda input_noise, weight_decay: 3 * input_noise + weight_decay)
    assert one.alone == pytest.approx({"input_noise": 0.9, "weight_decay": 0.1}, abs=0.04)
    assert sum(one.pairs.values()) + one.rest < 0.05


def test_a_product_of_signs_is_the_pair_above_all() -> None:
    def xor(optimizer, loss):
        return float((optimizer == "adam") == (loss == "sum"))

    one = found({"optimizer": Choice(("adam", "sgd")), "loss": Choice(("mean", "sum"))}, xor)
    assert max(one.alone.values()) < 0.1
    assert one.pairs["loss", "optimizer"] > 0.8


def test_a_setting_that_changes_nothing_explains_nothing() -> None:
    one = found({**SPACE, "dropout": UNIT}, lambda input_noise, **_: input_noise)
    assert one.alone["input_noise"] > 0.97
    assert one.alone["dropout"] < 0.01
    assert set(one.pairs) == {
        ("dropout", "input_noise"),
        ("dropout", "weight_decay"),
        ("input_noise", "weight_decay"),
    }


def test_a_choice_of_three_is_one_setting() -> None:
    # Losses 0, 0, 1: a variance of 2/9 beside that of x, 1/12.
    space = {"optimizer": Choice(("adam", "sgd", "rmsprop")), "input_noise": UNIT}
    one = found(space, lambda optimizer, input_noise: (optimizer == "rmsprop") + input_noise)
    share = (2 / 9) / (2 / 9 + 1 / 12)
    assert one.alone == pytest.approx({"optimizer": share, "input_noise": 1 - share}, abs=0.06)


def test_what_is_drawn_in_its_logarithm_is_weighed_in_it() -> None:
    # The lower half of the logarithms, a hundredth of the interval, has another loss: a variance
    # of 1/4 beside 1/12 if logarithms are even, and next to nothing if numbers were.
    space = {"learning_rate": Interval(1e-4, 1.0, log=True), "input_noise": UNIT}
    one = found(space, lambda learning_rate, input_noise: (learning_rate < 1e-2) + input_noise)
    assert one.alone == pytest.approx({"learning_rate": 0.75, "input_noise": 0.25}, abs=0.05)


def test_by_how_much_a_trial_failed_does_not_count() -> None:
    def loss(input_noise, weight_decay):
        return 1e6 * weight_decay if weight_decay > 0.99 else input_noise

    one = found(SPACE, loss, constant=1.0)
    assert one.alone["input_noise"] > 0.7


def test_too_few_trials_one_setting_or_one_loss_tell_nothing() -> None:
    def loss(input_noise, **_):
        return input_noise

    assert found(SPACE, loss, count=FEWEST - 1) is None
    assert found(SPACE, loss, count=FEWEST) is not None
    assert found({"input_noise": UNIT}, loss) is None
    assert found({"input_noise": UNIT, "optimizer": Choice(("adam",))}, lambda **_: 1.0) is None
    assert found(SPACE, lambda **_: 1.0) is None


def test_cells_are_taken_together_by_their_mean() -> None:
    pair = ("a", "b")
    one = Importance({"a": 0.2, "b": 0.4}, {pair: 0.1})
    other = Importance({"a": 0.4, "b": 0.0}, {pair: 0.3})
    mean = together([one, other])
    assert mean.alone == pytest.approx({"a": 0.3, "b": 0.2})
    assert mean.pairs == pytest.approx({pair: 0.2})
    assert mean.rest == pytest.approx(0.3)


def test_leaves_are_taken_apart_as_optuna_takes_nodes_apart() -> None:
    numbers = np.random.default_rng(0)
    bounds = np.array([[0.0, 1.0], [-2.0, 3.0], [10.0, 11.0]])
    x = numbers.uniform(*bounds.T, (30, 3))
    y = x[:, 0] * x[:, 1] + np.sin(9 * x[:, 2])
    tree = DecisionTreeRegressor(random_state=0).fit(x, y).tree_
    ours, theirs = Leaves.of(tree, bounds), _FanovaTree(tree, bounds)
    assert ours.variance == pytest.approx(theirs.variance)
    for columns in map(np.array, ([0], [1], [2], [0, 1], [1, 2])):
        assert ours.explained(columns) == pytest.approx(theirs.get_marginal_variance(columns))
    assert ours.explained(np.arange(3)) == pytest.approx(ours.variance)
