"""Times since the last observed point agree with a plain loop."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.forecasting.covariates.gaps import between, since_observed, typical


def plain(observed: list[list[bool]]) -> list[float]:
    """Che et al. 2018, equation 2, with a step of 1."""
    gaps: list[float] = []
    for series in observed:
        for place, _ in enumerate(series):
            if place == 0:
                gaps.append(0)
            elif series[place - 1]:
                gaps.append(1)
            else:
                gaps.append(1 + gaps[-1])
    return gaps


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=12), min_size=1, max_size=5))
def test_steps_since_the_last_observed_point_are_those_of_the_equation(observed):
    starts = np.cumsum([0, *map(len, observed)])[:-1]
    flat = np.concatenate(observed).astype(bool)
    np.testing.assert_array_equal(since_observed(flat, starts), plain(observed))
    both = since_observed(np.stack([flat, ~flat], axis=1), starts)
    opposite = [[not seen for seen in series] for series in observed]
    np.testing.assert_array_equal(both.T, [plain(observed), plain(opposite)])


def test_times_between_irregular_points_are_counted_in_the_typical_training_gap():
    minutes = np.array([0, 10, 20, 50, 0, 30, 1000])
    times = np.datetime64("2024-01-01T00:00", "us") + minutes * np.timedelta64(60_000_000, "us")
    starts, trained = np.array([0, 4]), np.array([True] * 6 + [False])
    unit = typical(times, starts, trained)
    assert unit == np.median([10, 10, 30, 30]) * 60e6
    gaps = between(times, starts, unit)
    np.testing.assert_allclose(gaps, np.array([0, 10, 10, 30, 0, 30, 970]) / 20)


def test_times_after_training_change_no_unit():
    times = np.array([0, 2, 4, 100])
    trained = np.array([True, True, True, False])
    assert typical(times, np.array([0]), trained) == 2


@pytest.mark.parametrize(
    ("times", "unit", "said"),
    [([0, 5, 3], 1.0, "go back from 5 to 3"), ([0, 1], 0.0, "unit of 0"), ([0], np.nan, "nan")],
)
def test_times_out_of_order_and_no_unit_are_refused(assert_helpful, times, unit, said):
    with pytest.raises(DataError) as error:
        between(np.array(times), np.array([0]), unit)
    assert_helpful(error.value, said)


def test_a_single_time_a_series_has_no_typical_gap(assert_helpful):
    with pytest.raises(DataError) as error:
        typical(np.array([1, 9]), np.array([0, 1]), np.ones(2, bool))
    assert_helpful(error.value, "two different times")
