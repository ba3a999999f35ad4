import datetime as dt
import json
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.tables.times import (
    TimeStyle,
    looks_like_clock,
    looks_like_times,
    read_times,
    with_clock,
)

FORMATS = (
    *("%Y-%m-%d", "%Y/%m/%d", "%d-%m-%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y"),
    *("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%d-%m-%Y %H:%M", "%m/%d/%Y %I:%M %p"),
    "%Y-%m-%dT%H:%M:%SZ",
)
starts = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2030, 1, 1))


def hours(start: dt.datetime, count: int = 800) -> list[dt.datetime]:
    whole = start.replace(minute=0, second=0, microsecond=0)
    return [whole + dt.timedelta(hours=n) for n in range(count)]


def days(start: dt.datetime) -> list[dt.datetime]:
    return hours(start.replace(hour=0), 24 * 40)[::24]


@settings(max_examples=40, deadline=None)
@given(starts, st.sampled_from(FORMATS))
def test_what_python_writes_is_read_and_written_back(start: dt.datetime, pattern: str) -> None:
    moments = hours(start) if "%M" in pattern else days(start)
    cells = pl.Series("ds", [moment.strftime(pattern) for moment in moments])
    read = read_times(cells)
    np.testing.assert_array_equal(read.times, np.array(moments, "M8[us]"))
    assert read.style.render(read.times).cast(pl.String).to_list() == cells.to_list()


@pytest.mark.parametrize(
    ("cells", "first", "second"),
    [
        (["1949-01", "1949-02"], "1949-01-01", "1949-02-01"),
        (["Jan 1949", "Feb 1949"], "1949-01-01", "1949-02-01"),
        (["1949Q1", "1949Q2"], "1949-01-01", "1949-04-01"),
        (["1949-Q1", "1949-Q2"], "1949-01-01", "1949-04-01"),
    ],
)
def test_months_and_quarters_are_their_first_days_and_written_back(
    cells: list[str], first: str, second: str
) -> None:
    read = read_times(pl.Series("ds", cells))
    np.testing.assert_array_equal(read.times, np.array([first, second], "M8[us]"))
    assert read.style.render(read.times).to_list() == cells


def test_a_field_above_12_tells_day_from_month_for_the_whole_column() -> None:
    read = read_times(pl.Series("ds", ["01/02/2024", "13/02/2024"]))
    np.testing.assert_array_equal(read.times, np.array(["2024-02-01", "2024-02-13"], "M8[us]"))


def test_the_more_regular_reading_is_taken_and_said() -> None:
    # Read with the month first these are days of twelve months; with the day first, twelve a year.
    cells = [f"{month:02}/01/{year}" for year in (2023, 2024) for month in range(1, 13)]
    read = read_times(pl.Series("ds", cells))
    assert read.times[1] == np.datetime64("2023-02-01")
    assert read.notes


def test_day_and_month_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(DataError):
        read_times(pl.Series("ds", [f"0{day}/01/2024" for day in range(1, 10)]))


def test_a_cell_that_is_no_time_is_named_with_its_row() -> None:
    with pytest.raises(DataError, match=r"(?s)'oops' in row 3.*2024-01-31"):
        read_times(pl.Series("ds", ["2024-01-01", "2024-01-02", "oops", "2024-01-04"]))


def test_offsets_that_change_become_utc() -> None:
    cells = ["2024-03-31T01:00:00+01:00", "2024-03-31T03:00:00+02:00"]
    read = read_times(pl.Series("ds", cells))
    np.testing.assert_array_equal(
        read.times, np.array(["2024-03-31T00:00", "2024-03-31T01:00"], "M8[us]")
    )
    assert read.notes


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("ds", [dt.date(2024, 1, 1), dt.date(2024, 1, 2)]),
        pl.Series("ds", [dt.datetime(2024, 1, 1, 5), dt.datetime(2024, 1, 1, 6)]),
        pl.Series("ds", [3, 4]),
        pl.Series("ds", [20240131, 20240201]),
        pl.Series("year", [1999, 2000]),
    ],
)
def test_typed_times_come_back_with_their_type(column: pl.Series) -> None:
    read = read_times(column)
    written = read.style.render(read.times)
    assert written.dtype == column.dtype
    assert written.to_list() == column.to_list()


def test_seconds_since_1970_are_times() -> None:
    read = read_times(pl.Series("ds", [1_700_000_000, 1_700_003_600]))
    assert read.times[0] == np.datetime64("2023-11-14T22:13:20")
    assert read.notes


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2024-01-01", "2024-01-02"], True),
        (["2024-01-01"] * 9 + ["oops"], True),
        (["1949Q1", "1949Q2"], True),
        (["1.5", "2.5"], False),
        (["Route 66", "Route 67"], False),
        (["a-b", "c-d"], False),
        ([None, None], False),
        ([1.5, 2.5], False),
    ],
)
def test_what_looks_like_times(cells: list[Any], expected: bool) -> None:
    assert looks_like_times(pl.Series("c", cells)) is expected


@given(st.sampled_from(["text", "date", "datetime", "integer", "row"]), st.text())
def test_a_style_survives_json(kind: str, pattern: str) -> None:
    style = TimeStyle(kind, pattern)
    assert TimeStyle.from_json(json.loads(json.dumps(style.to_json()))) == style


@pytest.mark.parametrize(
    ("cells", "instants"),
    [
        (["2023年01月02日", "2023年01月03日"], ["2023-01-02", "2023-01-03"]),
        (["2023年1月9日", "2023年1月10日"], ["2023-01-09", "2023-01-10"]),
        (["2023年01月", "2023年02月"], ["2023-01-01", "2023-02-01"]),
        (["2023年01月02日 10:00", "2023年01月02日 11:00"], ["2023-01-02T10", "2023-01-02T11"]),
    ],
)
def test_chinese_dates_are_read_and_written_back(cells: list[str], instants: list[str]) -> None:
    column = pl.Series("日期", cells)
    assert looks_like_times(column)
    read = read_times(column)
    np.testing.assert_array_equal(read.times, np.array(instants, "datetime64[us]"))
    assert read.style.render(read.times).to_list() == cells


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["00:00", "9:30"], True),
        (["00:00:00", "23:59:59.5"], True),
        (["2024-01-01 00:00"], False),
        (["12", "13"], False),
        ([None], False),
    ],
)
def test_what_looks_like_a_clock(cells: list[str], expected: bool) -> None:
    assert looks_like_clock(pl.Series(cells, dtype=pl.String)) == expected


def test_days_of_any_type_take_a_clock() -> None:
    day = dt.datetime(2024, 3, 1)
    clock = pl.Series("Time", ["14:30:00"])
    for days in (
        pl.Series("d", [day]),
        pl.Series("d", [day.date()]),
        pl.Series("d", ["2024-03-01"]),
    ):
        for times in (clock, clock.str.to_time()):
            assert with_clock(days, times).to_list() == ["2024-03-01 14:30:00"]
