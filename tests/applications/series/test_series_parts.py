"""Gaps, stretching, scaling and checks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.series import as_values, checked
from recurra.applications.series.filling import filled
from recurra.applications.series.scaling import Scaling
from recurra.applications.series.stretching import at, stretched, warped
from recurra.errors import DataError

CELLS = st.one_of(st.just(float("nan")), st.floats(-9, 9, width=32))


@given(st.lists(CELLS, min_size=1, max_size=12))
def test_gaps_are_filled_as_pandas_interpolates(cells: list[float]) -> None:
    series = np.array(cells, dtype=np.float32)[:, None]
    expected = pd.Series(cells).interpolate(limit_direction="both").to_numpy()
    assert np.allclose(filled(series)[:, 0], expected, atol=1e-5, equal_nan=True)


@given(st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=9), st.integers(2, 20))
def test_a_stretched_series_is_read_on_straight_lines(values: list[float], steps: int) -> None:
    series = torch.tensor(values).unsqueeze(1)
    found = stretched(series, steps)[:, 0].numpy()
    moments = np.linspace(0, len(values) - 1, steps)
    assert np.allclose(found, np.interp(moments, np.arange(len(values)), values), atol=1e-4)


@given(
    st.integers(2, 30), st.floats(0, 0.4), st.floats(0.6, 1), st.floats(-1, 1), st.integers(2, 30)
)
def test_bent_time_runs_forward_within_the_part(
    length: int, low: float, high: float, bend: float, steps: int
) -> None:
    clock = torch.arange(length, dtype=torch.float32).unsqueeze(1)
    found = warped(clock, low, high, bend, steps)[:, 0]
    assert found[0] == pytest.approx(low * (length - 1), abs=1e-4)
    assert found[-1] == pytest.approx(high * (length - 1), abs=1e-3)
    assert (found.diff() >= -1e-4).all()


def test_a_series_of_one_step_can_be_stretched() -> None:
    assert stretched(torch.ones(1, 2), 4).tolist() == [[1, 1]] * 4
    assert at(torch.tensor([[1.0], [3.0]]), torch.tensor([0.5])).item() == 2


def test_scaling_is_that_of_numpy_and_passes_over_what_is_missing() -> None:
    chance = np.random.default_rng(0)
    series = [chance.normal(3, 2, (n, 3)).astype(np.float32) for n in (4, 9, 30)]
    series[1][2, 0] = np.nan
    for one in series:
        one[:, 1] = 7
        one[:, 2] = np.nan
    found = Scaling.of(series)
    every = np.concatenate(series)[:, 0].astype(np.float64)
    assert found.means[0] == pytest.approx(np.nanmean(every))
    assert found.deviations[0] == pytest.approx(np.nanstd(every))
    # A channel that stands still, and one that is never known.
    assert (found.means[1], found.deviations[1]) == (7, 1)
    assert (found.means[2], found.deviations[2]) == (0, 1)
    scaled = found.scaled(series[1])
    assert scaled.isfinite().all()
    assert scaled[:, 1:].abs().max() == 0
    assert Scaling.from_json({"means": found.means, "deviations": found.deviations}) == found


def test_series_without_a_value_or_class_are_left_out_and_counted() -> None:
    full, gap, hole = np.ones((3, 2)), np.full((2, 2), np.nan), np.array([[1, np.nan]])
    found = checked([full, gap, hole, full, full], ["a", "a", "b", "", "b"], [*"12345"])
    assert found.labels == ["a", "b", "b"]
    assert found.groups == ["1", "3", "5"]
    notes = " ".join(found.notes)
    assert "1 series without a value is left out" in notes
    assert "1 series of no class is left out" in notes
    assert "1 of 14 values are missing, in 1 series" in notes


@pytest.mark.parametrize(
    ("series", "labels", "said"),
    [
        ([np.ones((2, 1))], ["a", "b"], "1 series, 2 classes"),
        ([], [], "0 series, none"),
        ([np.ones((2, 1)), np.ones((2, 2))], [*"ab"], "series 2 has 2 channels"),
        ([np.ones((2, 1)), np.array([[np.inf]])], [*"ab"], "series 2 is infinite at step 1"),
        ([["x"], ["y"]], [*"ab"], "cannot be read as numbers"),
        ([np.ones((2, 1, 1))] * 2, [*"ab"], r"has the shape \(2, 1, 1\)"),
        ([np.ones(3)] * 2, ["a", "a"], "are of the class 'a'"),
        ([np.full((2, 1), np.nan)] * 2, [*"ab"], "none with a value"),
    ],
)
def test_series_that_cannot_be_learned_from_are_refused(series, labels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        checked(series, labels, None)


def test_a_list_of_numbers_is_a_series_of_one_channel() -> None:
    assert as_values([[1, 2, 3]])[0].shape == (3, 1)
    with pytest.raises(DataError, match="as the model has"):
        as_values([[1, 2]], channels=2)
    with pytest.raises(DataError, match="no step"):
        as_values([np.zeros((0, 2))], channels=2)
