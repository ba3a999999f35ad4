"""Step, zones and clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.doctor import Severity, inspect
from recurra.forecasting.doctor.clock_changes import ZONES, changed_nights, clock_changes
from recurra.forecasting.doctor.offsets import offset, written

HOUR = timedelta(hours=1)


def local_times(zone: str, days: int = 900) -> pl.Series:
    """Every hour by the clock in a zone, without the zone."""
    start = datetime(2020, 1, 1, tzinfo=UTC)
    utc = pl.datetime_range(start, start + timedelta(days=days), "1h", eager=True)
    return utc.dt.convert_time_zone(zone).dt.replace_time_zone(None).alias("ds")


def table(times: pl.Series) -> pl.DataFrame:
    values = np.random.default_rng(0).normal(size=len(times))
    return pl.DataFrame({"ds": times, "y": values})


@pytest.mark.parametrize("zone", ZONES.values())
def test_nights_of_clock_changes_are_those_of_the_zone(zone: str) -> None:
    back, forward = changed_nights(zone, np.datetime64("2018-01-10"), np.datetime64("2022-12-10"))
    expected: dict[bool, set[str]] = {True: set(), False: set()}
    hour = datetime(2018, 1, 10, tzinfo=UTC)
    while hour < datetime(2022, 12, 10, tzinfo=UTC):
        before, after = hour.astimezone(ZoneInfo(zone)), (hour + HOUR).astimezone(ZoneInfo(zone))
        change = after.utcoffset() - before.utcoffset()  # type: ignore[operator]
        if change:
            expected[change < timedelta(0)].add(str(after.date()))
        hour += HOUR
    # In Chile clocks change at midnight, so that the hour before stands on the day before.
    slack = 1 if zone == "America/Santiago" else 0
    for found, nights in ((back, expected[True]), (forward, expected[False])):
        assert len(found) == len(nights) > 0
        days = sorted(np.datetime64(night) for night in nights)
        assert all(0 <= (a - b).astype(int) <= slack for a, b in zip(found, days, strict=True))


@pytest.mark.parametrize("rule", ["Europe", "North America", "Australia", "New Zealand"])
def test_local_times_are_recognised_by_the_nights_on_which_clocks_change(rule: str, only) -> None:
    finding = only(inspect(table(local_times(ZONES[rule]))), "daylight saving")
    assert finding.severity is Severity.WARNING
    assert finding.figures["rule"] == rule
    assert finding.figures["back"] + finding.figures["forward"] == finding.figures["nights"]


def test_times_in_utc_and_gaps_by_chance_are_not(findings) -> None:
    times = local_times("UTC")
    assert findings(inspect(table(times)), "daylight saving") == []
    kept = np.random.default_rng(1).random(len(times)) > 0.01
    assert findings(inspect(table(times.filter(pl.Series(kept)))), "daylight saving") == []


def test_days_have_no_clock_changes(findings) -> None:
    days = pl.date_range(pl.date(2020, 1, 1), pl.date(2023, 1, 1), eager=True).alias("ds")
    assert findings(inspect(table(days)), "daylight saving") == []


def test_without_a_change_in_the_time_of_the_data_there_is_none() -> None:
    none = np.array([], "M8[us]")
    first, last = np.datetime64("2024-05-01", "us"), np.datetime64("2024-06-01", "us")
    assert clock_changes(none, none, first, last) is None


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("Z", 0), ("UTC", 0), ("+01:00", 60), ("-0330", -210), ("+05", 300), ("-00:30", -30)],
)
def test_offsets_are_read_in_every_spelling(zone: str, minutes: int) -> None:
    assert offset(zone) == minutes
    assert offset(written(minutes)) == minutes


def zoned(zones: list[str]) -> pl.DataFrame:
    start = datetime(2024, 1, 1)
    times = []
    for row in range(200):
        zone = zones[row % len(zones)]
        own = start + row * HOUR + timedelta(minutes=offset(zone) if zone else 0)
        times.append(own.strftime("%Y-%m-%dT%H:%M") + zone)
    return table(pl.Series("ds", times))


def test_one_zone_is_ok_and_summer_and_winter_time_are_a_note(findings) -> None:
    assert findings(inspect(zoned(["+01:00"])), "time zones") == []
    (finding,) = findings(inspect(zoned(["+01:00", "+02:00"])), "time zones")
    assert finding.severity is Severity.NOTE
    assert "+01:00 and +02:00" in finding.said


def test_mixed_zones_and_missing_ones_are_warnings(only) -> None:
    mixed = only(inspect(zoned(["+01:00", "-05:00", "Z"])), "time zones")
    assert mixed.severity is Severity.WARNING
    assert mixed.figures["offsets_minutes"] == [-300, 0, 60]
    bare = only(inspect(zoned(["+00:00", ""])), "time zones")
    assert bare.severity is Severity.WARNING
    assert "100 of 200 times carry no zone" in bare.said


def test_times_without_a_step_are_a_warning_and_the_rest_is_still_said(findings) -> None:
    random = np.random.default_rng(0)
    gaps = random.exponential(3.7e9, 300).astype(np.int64)
    times = np.datetime64("2024-01-01", "us") + gaps.cumsum().astype("m8[us]")
    values = random.normal(size=300)
    values[150] = 99
    found = inspect(pl.DataFrame({"ds": times, "y": values}))
    assert found.frequency is None
    (finding,) = findings(found, "frequency")
    assert finding.severity is Severity.WARNING
    assert "forecast as they are, each by the time that passes until it" in finding.do
    (outlier,) = findings(found, "outliers")
    assert outlier.places[0].time == str(pl.Series(times)[150])
    assert "no regular step" in str(found)
    assert "error" not in found.recommendation
    assert found.to_html()


def test_times_beside_the_grid_are_counted(only, daily_wave, hours) -> None:
    frame = hours(daily_wave)
    late = frame.with_columns(
        ds=pl.when(pl.int_range(pl.len()).is_in([50, 51, 200]))
        .then(pl.col("ds") + pl.duration(minutes=4))
        .otherwise("ds")
    )
    assert only(inspect(late), "frequency").figures["beside"] == 3


def test_a_series_of_another_step_is_named(findings, hours, daily_wave) -> None:
    frame = hours(daily_wave)
    parts = [frame.with_columns(unique_id=pl.lit(name)) for name in "abc"]
    parts.append(frame.gather_every(24).with_columns(unique_id=pl.lit("daily")))
    found = findings(inspect(pl.concat(parts)), "frequency")
    assert {place.series for one in found for place in one.places} == {"daily"}
    assert max(one.severity for one in found) is Severity.ERROR


def test_months_and_business_days_are_regular(findings) -> None:
    months = pl.date_range(pl.date(2000, 1, 31), pl.date(2020, 1, 31), "1mo", eager=True)
    business = pl.date_range(pl.date(2020, 1, 1), pl.date(2022, 1, 1), eager=True)
    for days in (months, business.filter(business.dt.weekday() < 6)):
        assert findings(inspect(table(days.alias("ds"))), "frequency") == []
        assert findings(inspect(table(days.alias("ds"))), "gaps") == []
