"""What is kept of a series brings its values to a common size and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.segments.constants import Constants

ALL = np.ones(48, bool)


def season_of(level: float, factors) -> np.ndarray:
    return level * np.tile(factors, 12)


@pytest.mark.parametrize("shares", [True, False])
@pytest.mark.parametrize("divided", [True, False])
@settings(deadline=None)
@given(st.floats(0.01, 1e6), st.integers(0, 40))
def test_there_and_back(shares, divided, level, first) -> None:
    values = season_of(level, [0.5, 1.5, 1.2, 0.8]) + level * np.linspace(0, 1, 48)
    constants = Constants.of(values, ALL, 4, shares=shares, divided=divided)
    rows, at = np.zeros(1, int), np.array([first])
    z = constants.scaled(rows, values[None, first : first + 8], at)
    np.testing.assert_allclose(constants.restored(rows, z, at), values[None, first : first + 8])


def test_a_season_is_taken_out() -> None:
    values = season_of(10.0, [0.5, 1.5, 1.2, 0.8])
    constants = Constants.of(values, ALL, 4, shares=True, divided=True)
    np.testing.assert_allclose(constants.factors, [[0.5, 1.5, 1.2, 0.8]])
    np.testing.assert_allclose(
        constants.scaled(np.zeros(1, int), values[None], np.zeros(1, int)), 1
    )


def test_noise_has_no_season_to_take_out() -> None:
    values = 10 + np.random.default_rng(1).normal(size=48)
    constants = Constants.of(values, ALL, 4, shares=True, divided=True)
    # Four means of about eleven noises of a tenth of the level stray by three hundredths.
    assert np.abs(constants.factors - 1).max() < 0.02


def test_the_naive_error_worked_by_hand() -> None:
    values = np.array([1.0, 2, 3, 5, 4, 6])
    two = Constants.of(values, np.ones(6, bool), 2, shares=True, divided=False)
    # Two steps apart: 2, 3, 1, 1, a mean of 1.75; the mean size is 3.5.
    assert two.naive[0] == pytest.approx(1.75 / 3.5)
    gap = np.array([True, True, True, False, True, True])
    one = Constants.of(values, gap, 1, shares=True, divided=False)
    # Pairs of which both were seen: 1, 1, 2; of five values the mean size is 3.2.
    assert one.naive[0] == pytest.approx(4 / 3 / 3.2)


def test_a_constant_series_and_one_that_repeats_exactly_are_not_divided_by_nothing() -> None:
    for values in (np.full(48, 7.0), season_of(3.0, [1, 2, 1, 2]), np.zeros(48)):
        for shares in (True, False):
            constants = Constants.of(values, ALL, 4, shares=shares, divided=False)
            assert constants.size[0] > 0
            assert constants.naive[0] > 0
            assert np.isfinite(
                constants.scaled(np.zeros(1, int), values[None], np.zeros(1, int))
            ).all()


def test_several_series_side_by_side() -> None:
    one = Constants.of(season_of(2.0, [1, 2, 3, 2]), ALL, 4, shares=True, divided=True)
    two = Constants.of(season_of(5.0, [3, 1, 1, 3]), ALL, 4, shares=True, divided=True)
    both = Constants.stack([one, two])
    assert len(both) == 2
    values = np.stack([season_of(2.0, [1, 2, 3, 2])[5:9], season_of(5.0, [3, 1, 1, 3])[2:6]])
    z = both.scaled(np.array([0, 1]), values, np.array([5, 2]))
    np.testing.assert_allclose(z, 1)
