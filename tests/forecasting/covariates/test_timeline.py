"""Times that series share stand once, and every series still finds its own."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.covariates.timeline import Timeline
from recurra.tables.frequency import Frequency

DAY = np.timedelta64(1, "D")
FREQUENCIES = [
    *(Frequency(count, unit) for count in (1, 2, 3) for unit in ("hour", "day", "week", "month")),
    Frequency(15, "minute"),
    Frequency(1, "month end"),
    Frequency(3, "month end"),
    Frequency(12, "month"),
    Frequency(1, "business day"),
    Frequency(2, "business day"),
]


def origin(hours: int, frequency: Frequency) -> Any:
    time = np.datetime64("2019-12-30T07:30", "us") + hours * np.timedelta64(1, "h")
    return frequency.times(time, np.array([0]))[0]


@settings(deadline=None)
@given(
    st.sampled_from(FREQUENCIES),
    st.lists(st.tuples(st.integers(0, 24 * 400), st.integers(1, 40)), min_size=1, max_size=8),
)
def test_every_series_finds_its_times_and_no_more_are_kept_than_there_are(frequency, series):
    origins = np.array([origin(hours, frequency) for hours, _ in series])
    lengths = np.array([length for _, length in series])
    timeline = Timeline.of(frequency, origins, lengths)
    assert len(timeline.times) <= lengths.sum()
    for start, begin, length in zip(timeline.starts, origins, lengths, strict=True):
        for found, shift in ((timeline.times, 0), (timeline.before, -1), (timeline.after, 1)):
            own = frequency.times(begin, np.arange(length) + shift)
            np.testing.assert_array_equal(found[start : start + length], own)


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 9)), min_size=1))
def test_plain_steps_are_shared_too(count, series):
    origins, lengths = (np.array(part) for part in zip(*series, strict=True))
    timeline = Timeline.of(Frequency(count, "step"), origins, lengths)
    for start, begin, length in zip(timeline.starts, origins, lengths, strict=True):
        expected = begin + count * np.arange(length)
        np.testing.assert_array_equal(timeline.times[start : start + length], expected)


def test_series_of_the_same_days_take_the_room_of_one():
    origins = np.full(1000, np.datetime64("2024-01-01", "us")) + np.arange(1000) % 10 * DAY
    timeline = Timeline.of(Frequency(1, "day"), origins, np.full(1000, 200))
    assert len(timeline.times) == 209


@pytest.mark.parametrize(
    ("first", "other"), [("2024-01-31", "2024-02-28"), ("2024-01-01", "2024-01-02")]
)
def test_months_from_different_days_are_kept_apart(first, other):
    origins = np.array([first, other], "M8[us]")
    timeline = Timeline.of(Frequency(1, "month"), origins, np.array([4, 4]))
    assert len(timeline.times) == 8
