"""Readings at irregular times: their times and gaps are those of plain loops."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.forecasting.panel import Panel
from recurra.forecasting.readings import Elapsed, Readings, split
from recurra.tables.frequency import IRREGULAR, Frequency

steps = st.lists(st.integers(1, 50), min_size=1, max_size=12)


def readings(gaps: list[int], ahead: list[int]) -> Readings:
    times = np.cumsum([7, *gaps])
    return Readings.of(times, times[-1] + np.cumsum(ahead).astype(np.int64))


def plain(gaps: list[int], ahead: list[int], place: int) -> tuple[float, int]:
    """The gap before a place and its time, by going there step by step."""
    known, usual = [*gaps, *ahead], max(1, int(np.median(gaps)))
    time = 7
    for step in range(place):
        time += known[step] if step < len(known) else usual
    time += min(place, 0) * usual
    return (known[place - 1] if 1 <= place <= len(known) else usual), time


@given(steps, st.lists(st.integers(1, 50), max_size=4), st.integers(1, 5))
def test_times_and_gaps_are_those_of_a_plain_loop_and_a_cut_changes_none(gaps, ahead, kept):
    whole = readings(gaps, ahead)
    places = np.arange(-3, len(gaps) + len(ahead) + 4)
    expected = [plain(gaps, ahead, place) for place in places.tolist()]
    assert whole.before(places).tolist() == [gap for gap, _ in expected]
    assert whole.at(places).tolist() == [time for _, time in expected]
    end = whole.last(kept)
    later = places[places > end.first]
    assert end.before(later).tolist() == whole.before(later).tolist()
    assert end.at(later).tolist() == whole.at(later).tolist()


def test_what_lies_around_origins_of_several_series_goes_with_its_rows():
    one, other = readings([1, 2, 3, 4], []), readings([10, 20], [30])
    first = Elapsed((one,), np.array([0, 0]), np.array([3, 5]))
    both = Elapsed.joined([first, Elapsed((other,), np.array([0]), np.array([3]))])
    expected = [[1, 2, 3, 4], [3, 4, 2, 2], [10, 20, 30, 15]]
    assert both.read(2, 2).tolist() == expected
    assert both[np.array([2, 0])].read(2, 2).tolist() == [expected[2], expected[0]]
    assert both[1:].read(2, 2).tolist() == expected[1:]


def test_rows_are_split_at_the_last_value_and_a_series_without_one_gives_nothing():
    owners = np.array([0, 0, 0, 0, 1, 2])
    values = np.array([1, np.nan, 3, np.nan, np.nan, 5])
    first, last = split(owners, np.array([0, 3, 4, 9, 1, 2]), values)
    assert (first.times.tolist(), first.values.tolist()) == ([0, 4], [1, 3])
    assert first.coming.tolist() == [9]
    assert (last.owner, last.times.tolist(), last.coming.tolist()) == (2, [2], [])


# As a panel ---------------------------------------------------------------------------------------


def table(hours: list[float], values: list[float | None]) -> pl.DataFrame:
    start = np.datetime64("2024-01-01T00:00", "us")
    seconds = (3600 * np.array(hours)).astype("m8[s]")
    return pl.DataFrame({"ds": start + seconds, "y": pl.Series(values, dtype=pl.Float64)})


HOURS = [0, 0.7, 5, 5.1, 19, 20.4, 44, 44.9, 70]


def test_times_that_follow_no_step_are_readings_and_all_is_said():
    values: list[float | None] = [1, 2, 3, None, 5, 6, 7, None, None]
    rows = table(HOURS, values)
    twice = pl.concat([rows, rows[[1]].with_columns(y=pl.lit(4.0))])
    panel = Panel.from_frame(twice, id="")
    (series,) = panel.series
    assert panel.frequency == IRREGULAR == Frequency.parse(IRREGULAR.code)
    assert series.values.tolist() == [1, 3, 3, 5, 6, 7]
    ahead = series.times(panel.frequency, np.array([6, 7]))
    assert ahead.tolist() == rows["ds"].to_list()[7:]
    said = " | ".join(panel.notes)
    assert "the times follow no regular step: readings are 42 minutes to 23.6 hours apart" in said
    assert "1 reading that stood more than once: averaged" in said
    assert "1 reading without a value: left out" in said
    assert "rows behind the last y: the times of up to 2 readings" in said
    assert "middle gap" not in said
    alone = Panel.from_frame(rows.head(6))
    assert "each is put the middle gap of its series after the one before" in alone.notes[-1]


def test_hours_apart_read_to_the_minute_have_no_step_though_the_grid_of_minutes_fits_them():
    minutes = np.cumsum(np.random.default_rng(0).integers(1, 600, 200))
    assert (np.diff(minutes) == np.diff(minutes).min()).sum() > 0
    hours = (minutes / 60).tolist()
    assert Panel.from_frame(table(hours, [float(n) for n in range(200)])).frequency == IRREGULAR


def test_regular_times_with_holes_are_no_readings():
    some_missing = [float(hour) for hour in range(60) if hour % 7]
    values: list[float | None] = [hour % 5 for hour in some_missing]
    assert Panel.from_frame(table(some_missing, values)).frequency == Frequency(1, "hour")
    # Two stretches far apart have a step, and a hole.
    torn = [*range(30), *range(5000, 5030)]
    with pytest.raises(DataError, match="more than half of its grid is missing"):
        Panel.from_frame(table([float(hour) for hour in torn], [1.0, 2.0] * 30))


def test_too_few_readings_are_refused(assert_helpful):
    with pytest.raises(DataError) as caught:
        Panel.from_frame(table(HOURS, [1, 2, None, None, None, None, None, None, None]))
    assert_helpful(caught.value, "2 points")
