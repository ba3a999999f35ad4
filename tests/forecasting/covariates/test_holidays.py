"""Holidays by country: known dates, the days around them, and countries that do not exist."""

import datetime as dt
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import OptionError
from recurra.forecasting.covariates.holidays import COUNT, FLAGS, Holidays
from recurra.forecasting.covariates.timeline import Timeline
from recurra.tables.frequency import Frequency
from recurra.tables.zones import Zone

library = pytest.importorskip("holidays")


def flags(code: str, frequency: str, first: str, count: int, zone: Zone | None = None) -> list:
    every = Frequency.parse(frequency)
    timeline = Timeline.of(every, np.array([first], "M8[us]"), np.array([count]))
    return Holidays(code).read(every, timeline, zone or Zone()).tolist()


def test_christmas_and_the_days_around_it():
    around = flags("DE", "1 day", "2024-12-23", 6)
    assert around == [
        [0, 0, 0],  # 23 December
        [0, 1, 0],
        [1, 1, 0],  # 25
        [1, 0, 1],  # 26
        [0, 0, 1],
        [0, 0, 0],
    ]


def test_hours_have_the_flags_of_their_day():
    around = flags("US", "6 hour", "2024-07-03T18:00", 6)
    assert [row[0] for row in around] == [0, 1, 1, 1, 1, 0]


def test_days_are_those_of_the_zone():
    # 1 January in Berlin begins at 23:00 of the day before in UTC.
    berlin = Zone("Europe/Berlin", to_utc=True)
    assert [row[0] for row in flags("DE", "1 hour", "2024-12-31T21:00", 4, berlin)] == [0, 0, 1, 1]
    assert [row[0] for row in flags("DE", "1 hour", "2024-12-31T21:00", 4)] == [0, 0, 0, 1]


def test_among_business_days_the_days_around_are_business_days():
    # Good Friday 29 March and Easter Monday 1 April 2024.
    around = flags("DE", "1 business day", "2024-03-27", 5)
    assert around == [[0, 0, 0], [0, 1, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]]


@pytest.mark.parametrize(
    ("frequency", "first", "counts"),
    [
        ("1 month", "2024-12-01", [2, 1]),
        ("1 month end", "2024-11-30", [0, 2, 1]),
        ("1 week", "2024-12-23", [2, 1, 0]),
        ("3 month", "2024-04-01", [4, 0, 3]),
    ],
)
def test_longer_steps_count_the_holidays_in_them(frequency, first, counts):
    assert [row[0] for row in flags("DE", frequency, first, len(counts))] == counts
    assert Holidays.names(Frequency.parse(frequency)) == COUNT


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(["DE", "DE-BY", "US", "CN", "GB-SCT", "SA"]), st.dates(
    dt.date(1995, 1, 1), dt.date(2040, 1, 1)))  # fmt: skip
def test_flags_are_those_of_the_library_day_by_day(code, first):
    country, _, part = code.partition("-")
    known = library.country_holidays(country, subdiv=part or None)
    found = flags(code, "1 day", str(first), 40)
    assert len(found[0]) == len(FLAGS)
    for place, row in enumerate(found):
        day = first + dt.timedelta(days=place)
        around = (day, day + dt.timedelta(days=1), day - dt.timedelta(days=1))
        assert row == [float(each in known) for each in around]


def test_the_weekend_is_that_of_the_country():
    assert Holidays("SA").weekend == {4, 5}
    assert Holidays("DE").weekend == {5, 6}


@pytest.mark.parametrize(
    ("code", "said"),
    [("XX", "US, DE or CN"), ("", "US, DE"), ("DE-XX", "BY"), (3, "a code of a country")],
)
def test_an_unknown_country_or_part_is_refused(assert_helpful, code, said):
    with pytest.raises(OptionError) as error:
        Holidays(code).check()
    assert_helpful(error.value, f"holidays={code!r}", said)


def test_without_the_library_it_says_what_to_install(monkeypatch, assert_helpful):
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(OptionError) as error:
        Holidays("DE").check()
    assert_helpful(error.value, "pip install")


def test_years_that_are_not_known_are_told():
    assert Holidays("DE").notes(np.array(["2024-01-01"], "M8[us]")) == []
    (note,) = Holidays("DE").notes(np.array(["1950-01-01", "2024-01-01"], "M8[us]"))
    assert "1991" in note
