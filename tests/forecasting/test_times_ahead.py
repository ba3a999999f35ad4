"""Forecasts stand at the times that the calendar gives: pandas and zoneinfo say which."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from recurra import Forecaster
from recurra.forecasting.clock import Clock
from recurra.forecasting.covariates import Covariates, Roles
from recurra.forecasting.panel import Panel

K = 8
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")


def ahead(times: Any, known: int) -> list[Any]:
    """The K times behind the first ``known`` as a forecaster writes them."""
    values = np.random.default_rng(0).normal(size=known)
    panel = Panel.from_frame(pd.DataFrame({"ds": times[:known], "y": values}))
    (series,) = panel.series
    assert series.observed.all()
    assert len(series.values) == known
    return Clock.of(panel).render(series.anchor, np.arange(known, known + K)).to_list()


def plain(times: pd.DatetimeIndex) -> list[Any]:
    return list(times.to_pydatetime())


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("step", ["h", "30min"])
@pytest.mark.parametrize(
    "end", ["2024-03-31T00:00", "2024-10-27T00:00", "2024-03-10T05:00", "2024-11-03T05:00"]
)
def test_hours_go_on_across_the_change_of_clocks_one_after_the_other(zone, step, end):
    """The hour that is skipped is not forecast, and the one that comes twice is, twice."""
    last = pd.Timestamp(end, tz="UTC")
    utc = pd.date_range(end=last + (K - 1) * pd.Timedelta(pd.tseries.frequencies.to_offset(step)),
                        periods=40, freq=step, tz="UTC")  # fmt: skip
    expected = plain(utc[-K:].tz_localize(None))
    assert ahead(utc.tz_convert(zone), 40 - K) == expected


def test_hours_written_with_their_offsets_go_on_across_the_change_of_clocks():
    berlin = pd.date_range("2024-03-30 12:00", periods=30, freq="h", tz="Europe/Berlin")
    assert berlin[0].utcoffset() != berlin[-1].utcoffset()
    found = ahead([time.isoformat() for time in berlin], 30 - K)
    assert [pd.Timestamp(time) for time in found] == list(berlin[-K:].tz_convert("UTC"))


@pytest.mark.parametrize("zone", ZONES)
def test_days_of_a_zone_stay_days_though_one_has_23_hours(zone):
    days = pd.date_range("2024-03-01", periods=60, freq="D", tz=zone)
    assert len({day.utcoffset() for day in days}) == 2
    assert ahead(days, 60 - K) == plain(days[-K:].tz_localize(None))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", ["2024-03-30", "2024-10-26"])
def test_calendar_features_ahead_are_of_the_clock_on_the_wall(zone, day):
    utc = pd.date_range(day, periods=80, freq="h", tz="UTC")
    frame = pd.DataFrame({"ds": utc[:60].tz_convert(zone), "y": np.arange(60) % 7.0})
    panel = Panel.from_frame(frame)
    read = Covariates.learn(panel, Roles(), np.array([60]), 20, calendar=["hour of day"])
    sine, cosine = read.known(0, 0, 80).of_time.T.astype(float)
    hours = (np.arctan2(sine, cosine) / (2 * np.pi) * 24 % 24).round(3)
    clocks = [time.to_pydatetime().astimezone(ZoneInfo(zone)) for time in utc]
    np.testing.assert_allclose(hours, [one.hour + one.minute / 60 for one in clocks], atol=0.01)


@pytest.mark.parametrize(
    ("alias", "start", "known"),
    [
        ("D", "2024-01-20", 39),
        ("D", "2023-01-20", 39),
        ("W-FRI", "2024-01-05", 20),
        ("ME", "2023-01-31", 13),
        ("MS", "2023-01-01", 13),
        ("2ME", "2022-01-31", 13),
        ("QE", "2021-03-31", 10),
        ("QE-NOV", "2021-02-28", 10),
        ("YE", "2010-12-31", 9),
        ("YS", "2010-01-01", 9),
        ("BME", "2022-01-31", 22),
        ("BMS", "2022-01-03", 22),
        ("BQE", "2020-03-31", 12),
        ("BYE", "2005-12-30", 12),
        ("B", "2024-02-05", 25),
    ],
)
def test_leap_days_month_ends_and_business_days_are_those_of_pandas(alias, start, known):
    times = pd.date_range(start, periods=known + K, freq=alias)
    assert ahead(times, known) == plain(times[known:])


@pytest.mark.parametrize(
    ("first", "step", "known"),
    [
        ("2016-02-29", pd.DateOffset(years=1), 9),
        ("2023-01-30", pd.DateOffset(months=1), 14),
        ("2023-01-31", pd.DateOffset(months=1), 3),
    ],
)
def test_days_that_a_month_lacks_are_its_last_and_come_back(first, step, known):
    times = pd.DatetimeIndex([pd.Timestamp(first) + step * n for n in range(known + K)])
    assert ahead(times, known) == plain(times[known:])


def test_friday_is_followed_by_monday_though_holidays_are_missing():
    library = pytest.importorskip("holidays")
    closed = library.country_holidays("US", years=[2023])
    days = [day for day in pd.bdate_range("2023-01-02", "2023-06-30") if day.date() not in closed]
    frame = pd.DataFrame({"ds": days, "y": np.random.default_rng(0).normal(size=len(days))})
    panel = Panel.from_frame(frame)
    (series,) = panel.series
    whole = pd.bdate_range(days[0], days[-1])
    assert (~series.observed).sum() == len(whole) - len(days) > 3
    found = Clock.of(panel).render(series.anchor, len(whole) + np.arange(2)).to_list()
    assert found == [dt.datetime(2023, 7, 3), dt.datetime(2023, 7, 4)]


def test_predict_itself_writes_the_days_of_the_season_across_a_leap_day():
    days = pd.date_range("2023-12-01", "2024-02-26", freq="D")
    week = np.tile([5.0, 6, 7, 8, 9, 2, 1], 20)[: len(days)]
    random = np.random.default_rng(0)
    frame = pd.DataFrame({"ds": days, "y": week + 0.01 * random.normal(size=len(days))})
    model = Forecaster(hidden_size=4, epochs=1, horizon=7).fit(frame)
    found = model.predict()
    assert [str(day)[:10] for day in found["ds"]] == [
        "2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-03",
        "2024-03-04",
    ]  # fmt: skip
    assert model.season_ == 7
    following = np.tile([5.0, 6, 7, 8, 9, 2, 1], 20)[len(days) : len(days) + 7]
    np.testing.assert_allclose(found["recurra"], following, atol=0.2)
