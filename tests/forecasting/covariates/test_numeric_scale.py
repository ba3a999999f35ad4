"""Numbers are brought to standard units that were learned from training rows only."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recurra.errors import DataError
from recurra.forecasting.covariates.cells import NUMBER_STYLES
from recurra.forecasting.covariates.numeric import NumericScale

NUMBERS = arrays(float, st.integers(1, 20), elements=st.floats(-1e9, 1e9, width=32))


@given(NUMBERS)
def test_training_values_get_mean_0_and_deviation_1_or_stay_0_if_constant(values):
    scale = NumericScale.learn("x", values)
    scaled = scale.scaled(values)
    assert scaled.dtype == np.float32
    assert np.isfinite(scaled).all()
    if scale.constant:
        assert np.abs(scaled).max() <= 1e-10 * np.abs(values).max()
    else:
        spread = np.abs(values).max() / scale.deviation
        np.testing.assert_allclose(scaled.mean(dtype=float), 0, atol=1e-6 * (1 + spread))
        np.testing.assert_allclose(scaled.std(dtype=float), 1, atol=1e-4)


@pytest.mark.parametrize("value", [0.0, 0.1, -7.3, 1e12])
def test_a_constant_column_is_0_in_training_and_its_later_change_is_finite(value):
    scale = NumericScale.learn("x", np.full(1000, value))
    assert scale.constant
    assert scale.scaled(np.array([value, value + 2])).tolist() == [0, 2]


def test_missing_values_are_0_and_tell_of_gaps():
    scale = NumericScale.learn("x", np.array([1.0, np.nan, 3.0]))
    assert scale.gaps
    assert (scale.mean, scale.deviation) == (2, 1)
    assert scale.scaled(np.array([np.nan, 3.0])).tolist() == [0, 1]


def test_a_column_without_a_training_value_keeps_its_unit():
    for nothing in (np.zeros(0), np.full(3, np.nan)):
        scale = NumericScale.learn("x", nothing)
        assert scale.constant
        assert scale.scaled(np.array([2.5])).tolist() == [2.5]


def test_values_beyond_computing_are_refused(assert_helpful):
    with pytest.raises(DataError) as error:
        NumericScale.learn("x", np.array([1.0, 1e200]))
    assert_helpful(error.value, "1e+200", "'x'")
    assert np.isfinite(
        NumericScale.learn("x", np.array([1.0, 2.0])).scaled(np.array([1e300]))
    ).all()


@pytest.mark.parametrize("style", [None, *NUMBER_STYLES])
def test_plain_json_gives_the_same_scale(style):
    scale = NumericScale.learn("x", np.array([1.0, 2.0, np.nan]), style)
    assert NumericScale.from_json(json.loads(json.dumps(scale.to_json()))) == scale
