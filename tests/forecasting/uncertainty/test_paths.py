"""Paths that go up and down as held-out errors did."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recurra.errors import OptionError
from recurra.forecasting.uncertainty.marginals import GRID, Marginals
from recurra.forecasting.uncertainty.paths import FEWEST, MOST, Ranks, ranks_of


def walks(count: int, steps: int = 6, seed: int = 0) -> np.ndarray:
    """Errors of a random walk."""
    return np.random.default_rng(seed).normal(size=(count, steps)).cumsum(axis=1)


def test_each_step_is_distributed_as_said_and_the_steps_go_together() -> None:
    errors = walks(400)
    spread = np.sqrt(np.arange(1, 7))[:, None]
    marginals = Marginals((100 + spread * stats.norm.ppf(GRID))[None])
    paths = Ranks.of(errors).paths(marginals, 4000, seed=1)[0]
    assert paths.shape == (6, 4000)
    for step in range(6):
        standard = (paths[step] - 100) / spread[step]
        inside = np.abs(standard) < stats.norm.ppf(0.9)
        assert inside.mean() == pytest.approx(0.8, abs=0.02)
    expected = np.array(
        [[np.sqrt(min(i, j) / max(i, j)) for j in range(1, 7)] for i in range(1, 7)]
    )
    assert np.abs(np.corrcoef(paths) - expected).max() < 0.1
    # Which is more than each step by itself would give.
    assert np.corrcoef(paths)[0, 1] > 0.6


def test_a_single_path_depends_on_itself_too() -> None:
    marginals = Marginals(np.broadcast_to(stats.norm.ppf(GRID), (2000, 2, len(GRID))))
    paths = Ranks.of(np.repeat(walks(200, 1), 2, axis=1)).paths(marginals, 1, seed=0)
    assert np.corrcoef(paths[:, 0, 0], paths[:, 1, 0])[0, 1] > 0.999


@settings(deadline=None)
@given(st.integers(1, 130), st.integers(0, 1000))
def test_levels_are_even_for_any_number_of_paths(count, seed) -> None:
    levels = Ranks.of(walks(60, 3)).levels(count, np.random.default_rng(seed))
    assert levels.shape == (count, 3)
    assert ((levels > 0) & (levels < 1)).all()
    if count % 60 == 0:
        # Every rank equally often.
        counts = np.histogram(levels[:, 0], bins=60, range=(0, 1))[0]
        assert (counts == count // 60).all()


def test_the_same_seed_gives_the_same_paths() -> None:
    marginals, ranks = Marginals(np.broadcast_to(GRID, (3, 6, len(GRID)))), Ranks.of(walks(80))
    assert np.array_equal(ranks.paths(marginals, 5, 3), ranks.paths(marginals, 5, 3))
    assert not np.array_equal(ranks.paths(marginals, 5, 3), ranks.paths(marginals, 5, 4))


def test_counts_are_drawn_as_counts() -> None:
    values = np.broadcast_to(stats.poisson(2).ppf(GRID), (2, 6, len(GRID)))
    paths = Ranks.of(walks(80)).paths(Marginals(values, whole=True), 500, 0)
    assert (paths == np.rint(paths)).all()
    assert paths.mean() == pytest.approx(2, abs=0.15)


def test_windows_that_are_not_whole_are_left_out_and_few_are_helped() -> None:
    errors = walks(FEWEST + 10)
    errors[:10, -1] = np.nan
    found = ranks_of(errors, further=lambda: pytest.fail("there are enough"))
    assert np.array_equal(found.ranks, Ranks.of(errors[10:]).ranks)
    assert not found.seen
    errors[:11, -1] = np.nan
    helped = ranks_of(errors, further=lambda: walks(90, seed=1))
    assert len(helped.ranks) == 90
    assert helped.seen
    assert len(ranks_of(walks(3 * MOST), further=lambda: walks(1)).ranks) == MOST


def test_without_any_window_there_are_no_paths() -> None:
    with pytest.raises(OptionError, match="no whole window"):
        Ranks(np.empty((0, 6))).paths(Marginals(np.zeros((1, 6, len(GRID)))), 3, 0)
