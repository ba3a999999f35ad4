"""Calendar features are what Python's own calendar says, and change where clocks do."""

import calendar as python_calendar
import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.covariates import Covariates, Roles
from recurra.forecasting.covariates.calendar import FEATURES, check, choose, names_of, read
from recurra.forecasting.panel import Panel
from recurra.tables.frequency import DAY, Frequency

YEAR = 366 * DAY
NONE = Roles()


def stamps(*times: str) -> np.ndarray:
    return np.array(times, "M8[us]")


def angle(feature: str, *times: str) -> list[float]:
    """The place in the cycle that sine and cosine tell, from 0 to below 1."""
    sine, cosine = read([feature], stamps(*times)).T.astype(float)
    return (np.arctan2(sine, cosine) / (2 * np.pi) % 1).round(6).tolist()


def plain(time: dt.datetime) -> dict[str, float]:
    """The place in each cycle, by Python's own calendar."""
    days = python_calendar.monthrange(time.year, time.month)[1]
    year = 366 if python_calendar.isleap(time.year) else 365
    minute = time.second + time.microsecond / 1e6
    return {
        "second of minute": minute / 60,
        "minute of hour": (time.minute + minute / 60) / 60,
        "hour of day": (time.hour + time.minute / 60 + minute / 3600) / 24,
        "day of week": time.weekday() / 7,
        "day of month": (time.day - 1) / days,
        "day of year": (time.timetuple().tm_yday - 1) / year,
        "month of year": (time.month - 1) / 12,
        "quarter of year": (time.month - 1) // 3 / 4,
        "weekend": float(time.isoweekday() > 5),
    }


@given(st.lists(st.datetimes(dt.datetime(1899, 1, 1), dt.datetime(2101, 1, 1)), min_size=1))
def test_every_feature_is_the_place_that_pythons_calendar_tells(times):
    found = read(FEATURES, np.array(times, "M8[us]"))
    assert found.shape == (len(times), len(names_of(FEATURES)))
    for row, time in zip(found, times, strict=True):
        expected = []
        for name, place in plain(time).items():
            both = [np.sin(2 * np.pi * place), np.cos(2 * np.pi * place)]
            expected += [place] if name == "weekend" else both
        np.testing.assert_allclose(row, expected, atol=1e-6)


def test_known_places():
    assert angle("hour of day", "2024-05-01T06:00", "2024-05-01T18:00") == [0.25, 0.75]
    assert angle("day of month", "2024-02-29", "2023-02-28") == [
        round(28 / 29, 6),
        round(27 / 28, 6),
    ]
    assert angle("day of year", "2024-02-29", "2024-12-31", "2023-12-31") == [
        round(59 / 366, 6),
        round(365 / 366, 6),
        round(364 / 365, 6),
    ]
    weekend = read(["weekend"], stamps("2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"))
    assert weekend.ravel().tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize(
    ("frequency", "features"),
    [
        ("30 second", "minute of hour"),
        ("10 minute", "minute of hour"),
        ("1 hour", "hour of day"),
        ("24 hour", "day of week"),
        ("1 day", "day of week"),
        ("7 day", "day of month"),
        ("1 week", "day of month"),
        ("4 week", "month of year"),
        ("1 month", "month of year"),
        ("1 month end", "month of year"),
        ("3 month", "quarter of year"),
        ("6 month", "month of year"),
        ("12 month", None),
        ("24 month end", None),
        ("1 step", None),
    ],
)
def test_the_first_feature_that_suits_a_frequency(frequency, features):
    chosen = choose(Frequency.parse(frequency), 10 * YEAR)
    first = [name for name in chosen if name != "second of minute"][:1]
    assert first == ([] if features is None else [features])


def test_all_features_of_a_frequency_by_the_rule():
    week = ("day of week", "day of month", "day of year", "weekend")
    assert choose(Frequency(1, "day"), 10 * YEAR) == week
    assert choose(Frequency(1, "hour"), 10 * YEAR) == ("hour of day", *week)
    assert choose(Frequency(1, "business day"), 10 * YEAR) == week[:-1]
    assert choose(Frequency(1, "week"), 10 * YEAR) == ("day of month", "day of year")


def test_a_cycle_must_be_seen_twice_in_training():
    hourly = Frequency(1, "hour")
    assert choose(hourly, 2 * DAY - 1) == ()
    assert choose(hourly, 2 * DAY) == ("hour of day",)
    assert choose(hourly, 14 * DAY) == ("hour of day", "day of week", "weekend")
    assert "day of year" not in choose(hourly, 2 * 365 * DAY - 1)


@pytest.mark.parametrize("asked", [["hour"], ["weekend", "weekend"], "moon"])
def test_features_that_do_not_exist_or_stand_twice_are_refused(assert_helpful, asked):
    with pytest.raises(OptionError) as error:
        check(asked)
    assert_helpful(error.value, repr(asked), "hour of day")


def learned(frame: pl.DataFrame, calendar: object = True, horizon: int = 5) -> Covariates:
    panel = Panel.from_frame(frame, id="", time="ds", target="y")
    trained = np.array([len(panel.series[0].values) - 5])
    return Covariates.learn(panel, NONE, trained, horizon, calendar=calendar)


@pytest.mark.parametrize("day", ["2024-03-29", "2024-10-25"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
def test_hours_follow_the_clock_of_the_zone_across_summer_time(day, zone):
    first = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
    times = [first + dt.timedelta(hours=hour) for hour in range(24 * 12)]
    column = pl.Series("ds", times).dt.convert_time_zone(zone)
    frame = pl.DataFrame({"ds": column, "y": np.random.default_rng(0).random(len(times))})
    covariates = learned(frame, ["hour of day", "day of week"])
    ahead = [times[-1] + dt.timedelta(hours=hour) for hour in range(1, 6)]
    found = covariates.known(0, 0, len(times) + 5).of_time
    for row, time in zip(found, [*times, *ahead], strict=True):
        local = plain(time.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        angles = 2 * np.pi * np.array([local["hour of day"], local["day of week"]])
        expected = np.stack([np.sin(angles), np.cos(angles)], axis=1).ravel()
        np.testing.assert_allclose(row, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("times", "ahead"),
    [
        (
            ["2023-10-31", "2023-11-30", "2023-12-31", "2024-01-31"],
            ["2024-02-29", "2024-03-31"],
        ),
        (["2024-02-21", "2024-02-22", "2024-02-23", "2024-02-26"], ["2024-02-27", "2024-02-28"]),
        (["2024-02-25", "2024-02-26", "2024-02-27", "2024-02-28"], ["2024-02-29", "2024-03-01"]),
        (["2023-11-30", "2023-12-30", "2024-01-30", "2024-02-29"], ["2024-03-30", "2024-04-30"]),
    ],
    ids=["month ends", "business days", "leap day", "thirtieths"],
)
def test_steps_ahead_have_the_features_of_the_right_days(times, ahead):
    first = [dt.date.fromisoformat(time) for time in times]
    frame = pl.DataFrame({"ds": first, "y": [1.0, 2.0, 4.0, 3.0]})
    panel = Panel.from_frame(frame, id="", time="ds", target="y")
    features = ["day of month", "day of year"]
    covariates = Covariates.learn(panel, NONE, np.array([3]), 2, calendar=features)
    found = covariates.known(0, 0, 6).of_time
    np.testing.assert_array_equal(found, read(features, stamps(*times, *ahead)))


def test_series_without_times_have_no_calendar(assert_helpful):
    frame = pl.DataFrame({"ds": range(40), "y": np.random.default_rng(0).random(40)})
    covariates = learned(frame)
    assert covariates.of_time.shape[1] == 0
    assert any("series have steps and no times" in note for note in covariates.notes)
    with pytest.raises(OptionError) as error:
        learned(frame, ["day of week"])
    assert_helpful(error.value, "without times")


def test_too_short_a_history_says_that_there_is_no_calendar():
    frame = pl.DataFrame(
        {"ds": pl.date_range(dt.date(2024, 1, 1), dt.date(2024, 1, 12), eager=True)}
    )
    covariates = learned(frame.with_columns(y=pl.Series(np.arange(12.0))))
    assert any("no cycle longer than a step" in note for note in covariates.notes)
