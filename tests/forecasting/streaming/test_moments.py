"""A single time is read as the whole column was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.clock import Clock
from recurra.forecasting.panel import Panel
from recurra.forecasting.streaming.moments import Moments

HOURS = [datetime(2024, 1, 1) + timedelta(hours=n) for n in range(48)]
DAYS = [date(2024, 1, 1) + timedelta(n) for n in range(400)]
MONTHS = [date(2020 + n // 12, 1 + n % 12, 1) for n in range(48)]

COLUMNS: dict[str, list[Any]] = {
    "iso days": [str(day) for day in DAYS],
    "days before months": [f"{day:%d.%m.%Y}" for day in DAYS],
    "without zeros": [f"{day.month}/{day.day}/{day.year}" for day in DAYS],
    "month names": [f"{day:%b %d, %Y}" for day in DAYS],
    "months": [f"{month:%Y-%m}" for month in MONTHS],
    "months as numbers": [int(f"{month:%Y%m}") for month in MONTHS],
    "quarters": [f"{2000 + n // 4}Q{1 + n % 4}" for n in range(40)],
    "years": [1950 + n for n in range(40)],
    "weeks": [f"{day:%G-W%V}" for day in DAYS[::7]],
    "chinese days": [f"{day:%Y年%m月%d日}" for day in DAYS],
    "hours": [f"{hour:%Y-%m-%d %H:%M:%S}" for hour in HOURS],
    "hours with parts": [f"{hour:%Y-%m-%dT%H:%M:%S}.000" for hour in HOURS],
    "afternoons": [f"{hour:%m/%d/%Y %I:%M %p}" for hour in HOURS],
    "in a zone": [f"{hour:%Y-%m-%dT%H:%M:%S}+02:00" for hour in HOURS],
    "in UTC": [f"{hour:%Y-%m-%dT%H:%M:%S}Z" for hour in HOURS],
    "seconds since 1970": [1_704_067_200 + 3600 * n for n in range(48)],
    "milliseconds since 1970": [1_704_067_200_000 + 3_600_000 * n for n in range(48)],
    "typed days": DAYS,
    "typed hours": HOURS,
    "steps": [3 * n for n in range(40)],
}


def _clock(column: list[Any], name: str = "ds") -> tuple[Panel, Clock]:
    table = pl.DataFrame({name: column, "y": np.sin(np.arange(len(column)))})
    panel = Panel.from_frame(table, time=name, target="y")
    return panel, Clock.of(panel)


@pytest.mark.parametrize("kind", [*COLUMNS])
@pytest.mark.parametrize("as_text", [False, True])
def test_each_cell_alone_is_read_as_in_its_column(kind, as_text):
    column = COLUMNS[kind]
    panel, clock = _clock(column, "year" if kind == "years" else "ds")
    name = clock.columns.time[0]
    moments, origin = Moments(clock), panel.series[0].origin
    for place in (0, 1, len(column) - 1):
        cell = str(column[place]) if as_text else column[place]
        time = moments.read({name: cell})
        assert time == clock.frequency.times(origin, np.array([place]))[0], cell


@pytest.mark.parametrize("cell", ["", "soon", None, 3.5, "2024-13-01", "99999999999999999999", []])
@pytest.mark.parametrize("kind", ["iso days", "hours", "steps", "seconds since 1970", "typed days"])
def test_what_is_no_time_is_none(kind, cell):
    _, clock = _clock(COLUMNS[kind])
    assert Moments(clock).read({"ds": cell}) is None


def test_another_zone_is_brought_to_that_of_the_table():
    _, clock = _clock(COLUMNS["in a zone"])
    moments = Moments(clock)
    same = [
        "2024-01-03T00:00:00+02:00",
        "2024-01-02T22:00:00Z",
        "2024-01-02T17:00:00-05:00",
        "2024-01-03T00:00:00",
        datetime(2024, 1, 2, 22, tzinfo=UTC),
        datetime(2024, 1, 3, 3, tzinfo=timezone(timedelta(hours=5))),
    ]
    assert {moments.read({"ds": cell}) for cell in same} == {np.datetime64("2024-01-03T00:00")}


def test_parts_of_a_time_in_columns_of_their_own_are_joined():
    table = pl.DataFrame(
        {
            "year": [hour.year for hour in HOURS],
            "month": [hour.month for hour in HOURS],
            "day": [hour.day for hour in HOURS],
            "hour": [hour.hour for hour in HOURS],
            "y": np.sin(np.arange(48.0)),
        }
    )
    clock = Clock.of(Panel.from_frame(table))
    row = {"year": "2024", "month": 1, "day": 3.0, "hour": "7"}
    assert Moments(clock).read(row) == np.datetime64("2024-01-03T07:00")
    assert Moments(clock).read({**row, "month": 13}) is None


def test_a_day_and_a_time_of_the_day_are_joined():
    table = pl.DataFrame(
        {
            "date": [f"{hour:%d/%m/%Y}" for hour in [*HOURS, *(h + timedelta(40) for h in HOURS)]],
            "time": [f"{hour:%H:%M}" for hour in [*HOURS, *HOURS]],
            "y": np.sin(np.arange(96.0)),
        }
    )[:48]
    clock = Clock.of(Panel.from_frame(table))
    assert clock.columns.time == ("date", "time")
    row = {"date": "02/01/2024", "time": "07:00"}
    assert Moments(clock).read(row) in {
        np.datetime64("2024-01-02T07:00"),
        np.datetime64("2024-02-01T07:00"),
    }
