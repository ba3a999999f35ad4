from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.tables.frequency import (
    FIRST_BUSINESS_DAY,
    LAST_BUSINESS_DAY,
    UNITS,
    Frequency,
    infer_shared,
)

PANDAS = {
    "week": "D",
    "day": "D",
    "hour": "h",
    "minute": "min",
    "second": "s",
    "microsecond": "us",
    "month": "MS",
    "month end": "ME",
    LAST_BUSINESS_DAY: "BME",
    FIRST_BUSINESS_DAY: "BMS",
    "business day": "B",
}
frequencies = st.builds(Frequency, st.integers(1, 40), st.sampled_from(UNITS))
origins = st.datetimes(pd.Timestamp("1990-01-01"), pd.Timestamp("2030-01-01"))


def origin_of(frequency: Frequency, moment: Any) -> Any:
    """A time that the frequency can begin at: a number, a last day or a business day."""
    if frequency.unit == "step":
        return np.int64(moment.toordinal())
    start = np.datetime64(moment, "us")
    if frequency.unit in {"month end", LAST_BUSINESS_DAY, FIRST_BUSINESS_DAY}:
        return frequency.times(start, np.zeros(1, np.int64))[0]
    if frequency.unit == "business day":
        return np.busday_offset(start.astype("M8[D]"), 0, "forward").astype("M8[us]")
    return start


@given(frequencies)
def test_a_code_is_read_back(frequency: Frequency) -> None:
    assert Frequency.parse(frequency.code) == frequency


@pytest.mark.parametrize("code", ["", "hour", "0 day", "-1 day", "1 fortnight", "x hour"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(DataError):
        Frequency.parse(code)


@settings(deadline=None)
@given(frequencies, origins, st.lists(st.integers(-300, 300), min_size=1))
def test_positions_undo_times(frequency: Frequency, moment: Any, places: list[int]) -> None:
    origin = origin_of(frequency, moment)
    positions = np.array(places)
    times = frequency.times(origin, positions)
    np.testing.assert_array_equal(frequency.positions(times, origin), positions)


@settings(max_examples=50, deadline=None)
@given(origins, st.sampled_from(sorted(PANDAS)), st.integers(1, 6))
def test_times_are_those_of_pandas(moment: Any, unit: str, count: int) -> None:
    alias = f"{count * 7 if unit == 'week' else count}{PANDAS[unit]}"
    expected = pd.date_range(moment.date(), periods=30, freq=alias).to_numpy().astype("M8[us]")
    times = Frequency(count, unit).times(expected[0], np.arange(30))
    np.testing.assert_array_equal(times, expected)


@settings(max_examples=50, deadline=None)
@given(origins, st.sampled_from(sorted(PANDAS)), st.data())
def test_the_step_is_found_though_times_are_missing_repeated_and_shuffled(
    moment: Any, unit: str, data: st.DataObject
) -> None:
    frequency = Frequency(1, unit)
    times = frequency.times(origin_of(frequency, moment), np.arange(60))
    gone = data.draw(st.sets(st.integers(1, 58), max_size=8))
    left = np.delete(times, sorted(gone))
    shuffled = np.random.default_rng(len(gone)).permutation(np.append(left, left[:3]))
    expected = Frequency(1, "month end") if unit == "month" and _all_last(times) else frequency
    assert Frequency.infer(shuffled) == expected


def _all_last(times: Any) -> bool:
    return bool(pd.DatetimeIndex(times).is_month_end.all())


@pytest.mark.parametrize(
    ("start", "alias", "code", "name"),
    [
        ("2024-01-01", "h", "1 hour", "hourly"),
        ("2024-01-01", "30min", "30 minute", "half-hourly"),
        ("2024-01-01", "10min", "10 minute", "every 10 minutes"),
        ("2024-01-01", "D", "1 day", "daily"),
        ("2024-01-01", "W", "1 week", "weekly"),
        ("2024-01-01", "28D", "4 week", "every 4 weeks"),
        ("2024-01-01", "30D", "30 day", "every 30 days"),
        ("2024-01-01", "B", "1 business day", "business day"),
        ("2024-01-01", "MS", "1 month", "monthly"),
        ("2024-01-01", "ME", "1 month end", "monthly"),
        ("2024-01-01", "BME", "1 last business day of a month", "monthly"),
        ("2024-01-01", "BMS", "1 first business day of a month", "monthly"),
        ("2024-01-01", "BQE", "3 last business day of a month", "quarterly"),
        ("2000-01-01", "BYE", "12 last business day of a month", "yearly"),
        ("2024-01-01", "QS", "3 month", "quarterly"),
        ("2024-01-01", "QE", "3 month end", "quarterly"),
        ("2024-01-01", "YS", "12 month", "yearly"),
        ("2024-01-01", "YE", "12 month end", "yearly"),
    ],
)
def test_calendars_are_told_apart(start: str, alias: str, code: str, name: str) -> None:
    times = pd.date_range(start, periods=40, freq=alias).to_numpy().astype("M8[us]")
    frequency = Frequency.infer(times)
    assert frequency.code == code
    assert name in frequency.name


def test_numbers_have_a_step_too() -> None:
    assert Frequency.infer(np.arange(5, 100, 5)) == Frequency(5, "step")


def test_a_month_goes_on_from_its_last_days() -> None:
    times = np.array(["2023-12-31", "2024-01-31", "2024-02-29"], "M8[us]")
    ahead = Frequency.infer(times).times(times[0], np.array([3, 4, 14]))
    expected = np.array(["2024-03-31", "2024-04-30", "2025-02-28"], "M8[us]")
    np.testing.assert_array_equal(ahead, expected)


def test_times_beside_the_grid_go_to_its_nearest_point() -> None:
    times = np.array(["2024-01-01T00:00", "2024-01-01T01:00:01", "2024-01-01T01:59"], "M8[us]")
    positions = Frequency(1, "hour").positions(times, times[0])
    assert positions.tolist() == [0, 1, 2]
    month = np.array(["2024-01-31T23:59:59", "2024-02-01", "2024-03-02"], "M8[us]")
    positions = Frequency(1, "month").positions(month, np.datetime64("2024-01-01", "us"))
    assert positions.tolist() == [1, 1, 2]


def test_series_that_start_at_different_phases_share_one_step() -> None:
    one = pd.date_range("2024-01-01", periods=20, freq="7D").to_numpy().astype("M8[us]")
    other = one + np.timedelta64(2 * 24 * 60, "m")
    assert infer_shared(np.append(one, other), np.array([0, 20])) == Frequency(1, "week")


def test_no_step_is_made_up_for_irregular_times() -> None:
    days = np.random.default_rng(0).choice(1000, 50, replace=False)
    with pytest.raises(DataError, match="no regular step"):
        Frequency.infer(np.datetime64("2024-01-01", "us") + days.astype("m8[D]"))


def test_one_time_has_no_step() -> None:
    with pytest.raises(DataError, match="No step can be seen"):
        Frequency.infer(np.array(["2024-01-01"] * 3, "M8[us]"))
