import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.intervals import Calibration, calibrate
from recurra.forecasting.tail import histories

nan = math.nan


def test_half_widths_are_the_conformal_quantiles_worked_by_hand():
    # 9 errors: k = ceil(10 * 0.8) = 8, ceil(10 * 0.5) = 5, ceil(10 * 0.81) = 9.
    calibration = Calibration(np.array([[9.0, 1, 2, 3, 8, 7, 6, 5, 4]]))
    assert [calibration.half_width(level, 1).item() for level in (80, 50, 81, 90)] == [8, 5, 9, 9]


def test_each_step_ahead_has_its_own_width():
    calibration = Calibration(np.array([[1.0, 2, 3, 4], [10, 20, 30, 40], [5, 6, 7, 8]]))
    assert calibration.half_width(60, 2).tolist() == [3, 30]


def test_a_step_with_too_few_errors_for_the_level_takes_those_of_all_steps():
    # 95 percent needs 19 errors: of the 25 of both steps the ceil(26 * 0.95) = 25th is 30.
    rows = np.array([[*range(11, 31)], [1, 2, 3, 4, 5, *[nan] * 15]])
    assert Calibration(rows).half_width(95, 2).tolist() == [30, 30]
    # Of the first step alone it is the ceil(21 * 0.9) = 19th, of both the ceil(26 * 0.9) = 24th.
    assert Calibration(rows).half_width(90, 2).tolist() == [29, 29]


def test_a_step_that_errs_most_is_not_made_narrower_by_the_errors_of_the_others():
    # 80 percent: the largest of its own 5; 95 percent of all 205 would be an error of the first.
    rows = np.full((2, 200), nan)
    rows[0], rows[1, :5] = np.linspace(0, 1, 200), [101, 102, 103, 104, 105]
    calibration = Calibration(rows)
    assert [calibration.half_width(level, 2)[1] for level in (80, 95)] == [105, 105]


def test_with_too_few_errors_altogether_the_largest_is_taken():
    assert Calibration(np.array([[1.0, 3], [2, nan]])).half_width(99, 2).tolist() == [3, 3]


@given(
    st.lists(st.lists(st.floats(0, 100), max_size=30), min_size=1, max_size=4).filter(any),
    st.floats(1, 99.9),
    st.floats(1, 99.9),
)
def test_a_higher_level_is_never_narrower(rows, one_level, other_level):
    errors = np.full((len(rows), 30), nan)
    for row, values in zip(errors, rows, strict=True):
        row[: len(values)] = values
    lower, higher = sorted([one_level, other_level])
    calibration = Calibration(errors)
    assert (
        calibration.half_width(lower, len(rows)) <= calibration.half_width(higher, len(rows))
    ).all()


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60, unique=True), st.integers(1, 99))
def test_at_least_the_level_of_the_errors_lie_inside(errors, level):
    width = Calibration(np.array([errors])).half_width(level, 1)
    assert np.mean(np.array(errors) <= width) * 100 >= level - 1e-9


@pytest.mark.parametrize("level", [0, 0.8, 100, -5, 120, nan, "80", None])
def test_a_level_that_is_no_percent_is_refused(level):
    with pytest.raises(OptionError, match="percent, at least 1 and below 100"):
        Calibration(np.ones((1, 5))).half_width(level, 1)


def test_steps_that_were_never_judged_have_no_interval():
    with pytest.raises(OptionError, match="intervals for 3 steps ahead"):
        Calibration(np.ones((2, 5))).half_width(80, 3)


def test_without_any_truth_there_is_no_interval():
    with pytest.raises(OptionError, match="without a scored validation part"):
        Calibration(np.full((2, 5), nan)).half_width(80, 1)


def test_errors_are_those_of_forecasts_from_each_origin_of_the_validation_part(fitted):
    (one,) = fitted.prepared_
    errors = calibrate(fitted.model_, fitted.prepared_, fitted.plan_).errors
    assert errors.shape == (4, 8)
    # The first origin is the end of training; beyond the validation part nothing is compared.
    assert np.isfinite(errors).sum(axis=1).tolist() == [8, 7, 6, 5]
    start = one.split.train
    past = one.series.values[start - 6 : start]
    history = replace(fitted.tails_[0], values=past, length=start)
    forecast = fitted.model_.forecast(histories([history]), 4)[0]
    truth = one.series.values[start : start + 4]
    expected = np.abs(truth - forecast) / one.scale.deviation
    assert errors[:, 0] == pytest.approx(expected, abs=1e-5)


def test_series_that_stand_still_do_not_narrow_the_intervals_of_others(small, frame, wave):
    alone = small().fit(frame(a=wave()))
    beside = small().fit(frame(a=wave(), b=np.full(60, 3.0), c=np.full(60, 4.0)))
    assert np.array_equal(alone.calibration_.errors, beside.calibration_.errors, equal_nan=True)
