import datetime as dt
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from recurra.errors import DataError
from recurra.tables.time_formats import FORMATS, as_written, fitting, nearest, parse
from recurra.tables.times import read_times


@pytest.mark.parametrize("pattern", FORMATS)
def test_each_format_fits_what_it_writes(pattern: str) -> None:
    text = pl.Series(["2024-11-25 13:45:30.250"]).str.to_datetime().dt.strftime(pattern)
    assert pattern in fitting(text, 1.0)
    written = as_written(text, parse(text, pattern), pattern)
    assert parse(text, pattern).dt.strftime(written).to_list() == text.to_list()


def test_a_format_need_only_fit_the_share_of_cells_that_is_asked_for() -> None:
    text = pl.Series(["2024-01-31"] * 9 + ["soon"])
    assert fitting(text, 0.9) == ["%Y-%m-%d"]
    assert fitting(text, 1.0) == []
    assert nearest(text) == "%Y-%m-%d"


@pytest.mark.parametrize(
    "cells",
    [
        ["1/2/2024", "1/15/2024"],
        ["1/2/2024 9:05", "1/15/2024 10:05"],
        ["1/15/2024 9:05 pm", "1/15/2024 10:05 pm"],
        ["2024-01-01 00:00:00.000", "2024-01-01 00:00:00.250"],
        ["2024-01-01T00:00:00+02:00", "2024-01-01T01:00:00+02:00"],
        ["2024-01-01 00:00 UTC", "2024-01-01 01:00 UTC"],
        ["2024-W01", "2024-W02"],
        ["2024M01", "2024M02"],
        ["Jan-2024", "Feb-2024"],
        ["January 2024", "February 2024"],
        ["1949 Q1", "1949 Q2"],
        ["1-01", "1-02", "1-03", "2-01", "2-02", "2-03"],
        ["31.12.23", "30.12.23"],
        ["-3", "-1"],
    ],
)
def test_times_are_written_back_as_they_stood(cells: list[str]) -> None:
    read = read_times(pl.Series("ds", cells))
    assert read.style.render(read.times).cast(pl.String).to_list() == cells
    assert read.known.all()


@pytest.mark.parametrize("per_second", [1, 10**3, 10**6, 10**9])
def test_counts_since_1970_are_read_by_their_size_and_written_back(per_second: int) -> None:
    cells = [1_700_000_000 * per_second, 1_700_003_600 * per_second]
    read = read_times(pl.Series("ds", cells))
    expected = np.array(["2023-11-14T22:13:20", "2023-11-14T23:13:20"], "M8[us]")
    np.testing.assert_array_equal(read.times, expected)
    assert read.style.render(read.times).to_list() == cells


def test_months_written_day_first_are_not_taken_for_days() -> None:
    cells = [f"01/{month:02}/{year}" for year in range(2020, 2024) for month in range(1, 13)]
    read = read_times(pl.Series("ds", cells))
    assert "01/02/2020 was read as 2020-02-01" in read.notes[0]
    assert read.times[1] == np.datetime64("2020-02-01")
    assert read.style.render(read.times).to_list() == cells


def test_missing_cells_are_not_known_whatever_the_kind() -> None:
    for cells in (["2024-01-01", None], ["1949Q1", None], [3, None], [3.0, float("nan")]):
        assert read_times(pl.Series("ds", cells)).known.tolist() == [True, False]


@pytest.mark.parametrize("as_text", [False, True])
def test_days_of_a_zone_stay_days_though_summer_time_begins(as_text: bool) -> None:
    first, last = dt.datetime(2024, 3, 29), dt.datetime(2024, 4, 2)
    days = pl.datetime_range(first, last, "1d", time_zone="Europe/Berlin", eager=True)
    column = days.dt.to_string("%Y-%m-%dT%H:%M:%S%:z") if as_text else days
    read = read_times(column.alias("ds"))
    expected = np.arange("2024-03-29", "2024-04-03", dtype="M8[D]").astype("M8[us]")
    np.testing.assert_array_equal(read.times, expected)
    assert "zone" in read.notes[0]


def test_hours_of_a_zone_become_utc_and_it_is_said() -> None:
    hours = pl.Series([dt.datetime(2024, 7, 1, hour) for hour in (0, 1)])
    read = read_times(hours.dt.replace_time_zone("Europe/Berlin").alias("ds"))
    assert read.times[0] == np.datetime64("2024-06-30T22:00")
    assert "Europe/Berlin to UTC" in read.notes[0]


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (pl.Series("ds", ["2024-01-01", "2024-13-01"]), ("'2024-13-01' in row 2",)),
        (pl.Series("ds", ["2024-01-01 10:00Z"] * 3 + ["soon"]), ("'soon' in row 4",)),
        (pl.Series("ds", ["01/02/2024", "02/02/2024"]), ("2024-02-01", "2024-01-02")),
        (pl.Series("ds", [None], dtype=pl.String), ("'ds' holds no time",)),
        (pl.Series("ds", [1.5]), ("'ds' of type Float64",)),
        (pl.Series("ds", [dt.time(1)]), ("'ds' of type Time",)),
    ],
)
def test_what_cannot_be_read_is_said_on_one_screen(
    assert_helpful: Callable[..., None], column: pl.Series, said: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as caught:
        read_times(column)
    assert_helpful(caught.value, *said)
