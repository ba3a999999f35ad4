"""Quantiles that are moved until they hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recurra.errors import OptionError
from recurra.forecasting.uncertainty.conformal import Shifts
from recurra.forecasting.uncertainty.held_out import Quantiles
from recurra.forecasting.uncertainty.marginals import GRID, MIDDLE

nan = np.nan


def windows(count: int, seed: int, *, said: float = 1.0, bias: float = 0.0) -> Quantiles:
    """A head that says normal distributions, each window with a spread of its own, times ``said``.

    What comes is drawn from the spread itself, about ``bias`` spreads.
    """
    generator = np.random.default_rng(seed)
    spread = np.exp(generator.normal(size=(count, 1, 1)))
    values = said * spread * stats.norm.ppf(GRID) * np.ones((1, 2, 1))
    truth = spread[..., 0] * (bias + generator.normal(size=(count, 2)))
    return Quantiles(values, truth, np.ones(count))


def coverage(level: float, said: float, bias: float) -> tuple[float, float]:
    """The percent of new windows within the interval, and how its width goes with what was said."""
    shifts = Shifts.of(windows(3000, 0, said=said, bias=bias), "real")
    new = windows(3000, 1, said=said, bias=bias)
    marginals = shifts.marginals(new.values, new.deviation, "real")
    low, high = marginals.at((100 - level) / 200), marginals.at((100 + level) / 200)
    alike = np.corrcoef((high - low)[:, 0], new.values[:, 0, -1])[0, 1]
    return float(100 * np.mean((low <= new.truth) & (new.truth <= high))), float(alike)


@pytest.mark.parametrize("level", [50, 80, 95])
@pytest.mark.parametrize("said", [1.0, 0.4, 3.0])
def test_intervals_hold_whatever_the_head_said(level, said) -> None:
    covered, alike = coverage(level, said, bias=0.0)
    assert covered == pytest.approx(level, abs=3)
    # Restless windows stay wider: the move is counted in the head's own spread.
    assert alike > 0.999


@pytest.mark.parametrize("level", [50, 80, 95])
def test_about_a_median_that_is_wrong_they_hold_as_well(level) -> None:
    # No end crosses the median, so that one may be further out than it need be.
    assert coverage(level, 0.6, bias=1.0)[0] > level - 3


def test_moves_worked_by_hand() -> None:
    # Nine windows of a head that always says the quantiles -1, 0, 1 at 0.1, 0.5, 0.9.
    knots = np.interp(GRID, [0.1, 0.5, 0.9], [-1, 0, 1])
    truth = np.arange(1.0, 10)[:, None]
    shifts = Shifts.of(Quantiles(np.tile(knots, (9, 1, 1)), truth, np.ones(9)), "real")
    place = {round(p, 3): number for number, p in enumerate(GRID)}
    # The ceil(10 * 0.9) = 9th of nine is 9, which lies 8 above 1, or 4 spreads of 2.
    assert shifts.outwards[0, place[0.9]] == pytest.approx(4)
    # Downwards the 9th largest of -1 - truth is that of 1: two inwards, one spread.
    assert shifts.outwards[0, place[0.1]] == pytest.approx(-1)
    assert shifts.outwards[0, MIDDLE] == 0


def test_a_step_with_too_few_windows_goes_by_all_of_them() -> None:
    held_out = windows(200, 0)
    truth = held_out.truth.copy()
    truth[5:, 1] = nan
    few = Shifts.of(Quantiles(held_out.values, truth, held_out.deviation), "real")
    whole = Shifts.of(held_out, "real")
    assert np.isfinite(few.outwards).all()
    # Two hundred windows are enough for all but the outermost.
    assert (few.outwards[0] == whole.outwards[0])[1:-1].all()
    assert (few.outwards[1] != whole.outwards[1])[1:MIDDLE].all()


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.floats(0.05, 20))
def test_quantiles_rise_and_the_median_stays(seed, count, said) -> None:
    held_out = windows(count, seed, said=said)
    new = windows(5, seed + 1, said=said)
    values = Shifts.of(held_out, "real").marginals(new.values, new.deviation, "real").values
    assert (np.diff(values, axis=2) >= 0).all()
    assert (values[..., MIDDLE] == new.values[..., MIDDLE]).all()


def test_what_lies_above_0_stays_above_0() -> None:
    generator = np.random.default_rng(0)
    values = np.exp(0.1 * stats.norm.ppf(GRID)) * np.ones((500, 1, 1))
    truth = np.exp(generator.normal(size=(500, 1)))
    held_out = Quantiles(values, truth, np.ones(500))
    moved = Shifts.of(held_out, "positive").marginals(values, np.ones(500), "positive")
    assert (moved.values > 0).all()
    assert np.mean(moved.at(0.1) > truth) == pytest.approx(0.1, abs=0.01)
    # Of a restless window the same in the numbers themselves would reach below 0.
    restless, one = values[:1] ** 5, np.ones(1)
    assert (Shifts.of(held_out, "positive").marginals(restless, one, "positive").values > 0).all()
    assert (Shifts.of(held_out, "real").marginals(restless, one, "real").values < 0).any()


def test_without_any_truth_nothing_is_said() -> None:
    held_out = windows(4, 0)
    blind = Quantiles(held_out.values, np.full((4, 2), nan), held_out.deviation)
    with pytest.raises(OptionError, match="without a scored validation part"):
        Shifts.of(blind, "real").marginals(held_out.values, held_out.deviation, "real")
