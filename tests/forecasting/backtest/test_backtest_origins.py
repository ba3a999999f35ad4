"""Origins are counted back from the end, and refits fall where they were asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.backtest.origins import Origins, fits_every


def test_a_worked_example():
    # 20 points, 3 windows of 4 steps, 2 apart: forecast are 12-15, 14-17, 16-19.
    assert Origins.of(4, 3, 2).known(20).tolist() == [12, 14, 16]


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 9), st.integers(0, 50))
def test_the_last_window_ends_with_the_series_and_all_lie_a_step_apart(k, w, step, more):
    origins = Origins.of(k, w, step)
    known = origins.known(origins.span + more)
    assert len(known) == w
    assert known[-1] + k == origins.span + more
    assert (np.diff(known) == step).all()
    assert known[0] == more


@given(st.integers(1, 12), st.integers(1, 12), st.integers(2, 12))
def test_overlap_is_how_many_windows_share_a_point(k, step, w):
    origins = Origins.of(k, w, step)
    covered = np.zeros(origins.span, int)
    for start in origins.known(origins.span):
        covered[start : start + k] += 1
    assert origins.overlap == covered.max()


def test_the_step_is_the_horizon_unless_it_is_given():
    assert Origins.of(4, 3, None).step == 4


@pytest.mark.parametrize(
    ("refit", "fits"), [(False, [0]), (0, [0]), (True, [0, 1, 2, 3, 4]), (2, [0, 2, 4]), (9, [0])]
)
def test_refit_names_the_windows_that_are_fitted(refit, fits):
    every = fits_every(refit, 5)
    assert [window for window in range(5) if window % every == 0] == fits


@pytest.mark.parametrize("refit", [-1, 1.5, "yes", None])
def test_refit_is_a_truth_value_or_a_count(refit):
    with pytest.raises(OptionError, match="refit"):
        fits_every(refit, 5)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("horizon", (0, 1, 1)), ("n_windows", (1, 0, 1)), ("step_size", (1, 1, 0)),
     ("n_windows", (1, 2.5, 1)), ("step_size", (1, 1, True))],
)  # fmt: skip
def test_counts_are_whole_and_above_0(name, arguments):
    with pytest.raises(OptionError, match=name):
        Origins.of(*arguments)
