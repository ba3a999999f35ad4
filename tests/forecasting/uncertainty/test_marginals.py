"""Distributions of each step by itself, read at any level and back."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recurra.errors import OptionError
from recurra.forecasting.uncertainty.marginals import GRID, Marginals

NORMAL = Marginals(np.broadcast_to(stats.norm.ppf(GRID), (2, 3, len(GRID))))


def test_at_the_levels_of_the_grid_it_is_the_quantile_to_the_bit() -> None:
    for number, level in enumerate(GRID):
        assert (NORMAL.at(level) == NORMAL.values[..., number]).all()
    for percent in (50, 80, 90, 95, 98, 99):
        assert (100 - percent) / 200 == pytest.approx(
            GRID[np.argmin(abs(GRID - (100 - percent) / 200))]
        )


@settings(deadline=None)
@given(st.floats(0.001, 0.999))
def test_between_them_it_lies_between(level) -> None:
    found, exact = NORMAL.at(level)[0, 0], stats.norm.ppf(level)
    assert found == pytest.approx(exact, abs=0.2)
    assert found == pytest.approx(np.interp(level, GRID, NORMAL.values[0, 0]))


@pytest.mark.parametrize("level", [0.0005, 0.9999])
def test_beyond_it_nothing_is_known(level) -> None:
    with pytest.raises(OptionError, match=r"from 0\.001 to 0\.999"):
        NORMAL.at(level)


@settings(deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=6, max_size=6))
def test_the_level_of_a_value_is_read_back_as_the_value(values) -> None:
    truth = np.array(values).reshape(2, 3)
    levels = NORMAL.level_of(truth, np.random.default_rng(0))
    np.testing.assert_allclose(NORMAL.read(levels[..., None])[..., 0], truth, atol=1e-9)


def test_levels_of_draws_are_even() -> None:
    generator = np.random.default_rng(0)
    truth = generator.normal(size=(2000, 3))
    same = Marginals(np.broadcast_to(stats.norm.ppf(GRID), (2000, 3, len(GRID))))
    levels = same.level_of(truth, generator).ravel()
    assert stats.kstest(levels, "uniform").pvalue > 0.01


def test_levels_of_counts_are_even_too() -> None:
    generator = np.random.default_rng(0)
    truth = generator.poisson(0.8, size=(4000, 1)).astype(float)
    values = np.broadcast_to(stats.poisson(0.8).ppf(GRID), (4000, 1, len(GRID)))
    levels = Marginals(values, whole=True).level_of(truth, generator).ravel()
    counts = np.histogram(levels, bins=5, range=(0, 1))[0] / len(levels)
    # Without drawing, four in ten would lie at one level.
    assert counts == pytest.approx(np.full(5, 0.2), abs=0.06)


def test_what_is_missing_has_no_level() -> None:
    levels = NORMAL.level_of(np.full((2, 3), np.nan), np.random.default_rng(0))
    assert np.isnan(levels).all()


def test_counts_are_rounded_towards_the_median() -> None:
    values = np.linspace(-1.6, 12.4, len(GRID)).reshape(1, 1, -1)
    counts = Marginals(values, whole=True)
    for level in (0.025, 0.1, 0.9, 0.975):
        raw, found = Marginals(values).at(level)[0, 0], counts.at(level)[0, 0]
        assert found == max(0, np.ceil(raw) if level < 0.5 else np.floor(raw))
