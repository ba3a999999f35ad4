"""The zone of a column of times, and whether its times were brought to UTC."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from recurra.tables.times import read_times
from recurra.tables.zones import VARIOUS, Zone

HOURS = [dt.datetime(2024, 3, 30, tzinfo=dt.UTC) + dt.timedelta(hours=hour) for hour in range(40)]


def zone_of(column: pl.Series) -> Zone:
    read = read_times(column)
    return Zone.of(column, 0, read.times[0], read.style)


@pytest.mark.parametrize(
    ("suffix", "name"),
    [("", ""), ("Z", "UTC"), (" GMT", "UTC"), ("+00:00", "UTC"), ("+01:00", "+01:00"),
     ("+0530", "+05:30"), ("-03", "-03:00")],
)  # fmt: skip
def test_text_has_the_zone_that_is_written(suffix, name):
    text = pl.Series("ds", [f"{hour:%Y-%m-%dT%H:%M:%S}{suffix}" for hour in HOURS])
    assert zone_of(text) == Zone(name, to_utc=False)


def test_text_of_several_offsets_is_brought_to_utc_but_not_days():
    berlin = pl.Series("ds", HOURS).dt.convert_time_zone("Europe/Berlin").to_list()
    assert zone_of(pl.Series("ds", [each.isoformat() for each in berlin])) == Zone(VARIOUS, True)
    days = [f"2024-0{month}-01T00:00:00+0{1 + (month in range(4, 11))}:00" for month in range(1, 8)]
    assert zone_of(pl.Series("ds", days)) == Zone(VARIOUS, to_utc=False)


@pytest.mark.parametrize("name", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_typed_hours_are_brought_to_utc_and_days_stay_on_their_clock(name):
    column = pl.Series("ds", HOURS).dt.convert_time_zone(name)
    assert zone_of(column) == Zone(name, to_utc=True)
    days = [dt.datetime(2024, 3, day) for day in range(20, 32)]
    local = pl.Series("ds", days).dt.replace_time_zone(name)
    assert zone_of(local) == Zone(name, to_utc=False)
    assert zone_of(pl.Series("ds", HOURS)) == Zone("UTC")
    assert zone_of(pl.Series("ds", days)) == Zone()


def test_local_times_are_those_of_the_clock():
    utc = np.array(["2024-03-31T00:30", "2024-03-31T01:30"], "M8[us]")
    local = Zone("Europe/Berlin", to_utc=True).local(utc)
    assert [str(time)[11:16] for time in local] == ["01:30", "03:30"]
    for same in (Zone("Europe/Berlin"), Zone("UTC"), Zone(VARIOUS, True), Zone()):
        np.testing.assert_array_equal(same.local(utc), utc)


def test_plain_json_gives_the_same_zone():
    zone = Zone("Europe/Berlin", to_utc=True)
    assert Zone.from_json(zone.to_json()) == zone
