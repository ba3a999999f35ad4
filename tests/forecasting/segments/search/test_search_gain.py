"""A gain counts where it is above chance, a stretch of a horizon one observation."""

import math

import numpy as np
import pytest

from recurra.forecasting.segments.search.gain import Gain


def test_mean_and_standard_error_are_those_of_the_stretches() -> None:
    default = np.array([[1.0, 2.0], [3.0, np.nan], [2.0, 2.0], [5.0, 1.0]])
    found = np.array([[0.5, 1.0], [3.0, 9.0], [2.5, 2.0], [4.0, 1.0]])
    gain = Gain.of(default, found, np.array([0, 0, 1, 2]))
    means = [(0.5 + 1.0 + 0.0) / 3, -0.25, 0.5]
    assert gain.mean == pytest.approx(np.mean(means))
    assert gain.error == pytest.approx(np.std(means, ddof=1) / math.sqrt(3))
    assert gain.stretches == 3


def test_a_steady_gain_is_sure_and_an_unsteady_one_is_not() -> None:
    stretches, default = np.arange(8), np.ones((8, 2))
    assert Gain.of(default, default - 0.1, stretches).sure
    unsteady = default.copy()
    unsteady[0] = 0.0
    assert not Gain.of(default, unsteady, stretches).sure
    assert not Gain.of(default, default + 0.1, stretches).sure


def test_few_stretches_say_nothing_however_large_the_gain() -> None:
    gain = Gain.of(np.ones((40, 3)), np.zeros((40, 3)), np.repeat([0, 1, 2, 3], 10))
    assert not gain.sure
    assert "4 stretches of a horizon" in str(gain)


def test_where_nothing_was_observed_nothing_is_sure() -> None:
    nothing = np.full((6, 2), np.nan)
    assert not Gain.of(nothing, nothing, np.arange(6)).sure


@pytest.mark.parametrize("seed", range(3))
def test_the_best_of_twenty_that_are_alike_is_seldom_sure(seed) -> None:
    rng, false = np.random.default_rng(seed), 0
    for _ in range(200):
        default = rng.normal(1, 0.1, (12, 1))
        best = min((rng.normal(1, 0.1, (12, 1)) for _ in range(20)), key=np.mean)
        false += Gain.of(default, best, np.arange(12)).sure
    assert false < 100  # without the rule the best would be taken in about 190 of the 200
