import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.forecasting.scaling import Scale

series = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30).map(np.array)


def test_standard_units_have_mean_0_and_deviation_1():
    scaled = Scale.of(np.array([2.0, 4, 4, 6])).scaled(np.array([2.0, 4, 4, 6]))
    assert scaled == pytest.approx([-np.sqrt(2), 0, 0, np.sqrt(2)])


@given(series, series)
def test_restoring_undoes_scaling(train, values):
    scale = Scale.of(train)
    slack = 1e-9 * (1 + np.abs(train).max() + np.abs(values).max())
    assert scale.restored(scale.scaled(values)) == pytest.approx(values, abs=slack, rel=1e-9)


@given(st.floats(-1e300, 1e300), st.integers(1, 50))
def test_a_constant_series_comes_back_to_the_last_bit(value, count):
    scale = Scale.of(np.full(count, value))
    assert scale.constant
    assert scale.scaled(np.full(3, value)).tolist() == [0, 0, 0]
    assert scale.restored(np.zeros(3)).tolist() == [value] * 3


def test_values_whose_squares_leave_the_range_of_numbers_are_refused():
    with pytest.raises(DataError, match=r"1e\+300"):
        Scale.of(np.array([1.0, 2.0, 1e300]))
