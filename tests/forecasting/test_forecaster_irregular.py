"""Readings at irregular times are forecast by the time that passes until each."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra import Forecaster
from recurra.errors import DataError, OptionError
from recurra.forecasting.backtest import backtest

START = dt.datetime(2024, 1, 1)
TAU = 8.0
NAMED = {"id": "patient", "target": "level"}
QUICK: dict[str, Any] = {"hidden_size": 16, "epochs": 12, "horizon": 3, "callbacks": []}


def doses(count: int, seed: int = 0) -> tuple[list[dt.datetime], np.ndarray]:
    """The level of a drug before each dose of 5: what is left of the dose and the level before.

    It halves every 5.5 hours (tau 8), and doses are 2 to 24 hours apart by chance: the level
    follows from the one before and the time that passed, and from nothing else.
    """
    random = np.random.default_rng(seed)
    gaps = random.choice([2.0, 4.0, 8.0, 16.0, 24.0], count) * random.uniform(0.8, 1.2, count)
    levels = [3.0]
    for gap in gaps[1:]:
        levels.append((levels[-1] + 5) * np.exp(-gap / TAU))
    times = [START + dt.timedelta(seconds=round(3600 * hours)) for hours in np.cumsum(gaps)]
    return times, np.array(levels)


def frame(count: int = 220, seed: int = 0, name: str = "a") -> pl.DataFrame:
    times, levels = doses(count, seed)
    return pl.DataFrame({"patient": [name] * count, "time": times, "level": levels})


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return pl.concat([frame(), frame(170, 1, "b")])


@pytest.fixture(scope="module")
def fitted(rows) -> Forecaster:
    """Not to be changed."""
    return Forecaster(**QUICK).fit(rows, **NAMED)


def ahead(rows: pl.DataFrame, hours: list[float], names: str = "ab") -> pl.DataFrame:
    """Rows so many hours behind the last reading of each."""
    parts = []
    for name in names:
        last = rows.filter(pl.col("patient") == name)["time"].to_list()[-1]
        times = [last + dt.timedelta(hours=each) for each in hours]
        parts.append(pl.DataFrame({"patient": [name] * len(hours), "time": times}))
    return pl.concat(parts)


def test_a_decay_is_known_from_the_time_that_passes_and_not_without_it(rows, fitted):
    without = Forecaster(**QUICK).fit(rows, id="patient", time="", target="level")
    naive = fitted.evaluation_.naive_one_step.mae
    assert fitted.evaluation_.one_step.mae < 0.15 * naive
    assert fitted.evaluation_.multi_step.mae < 0.2 * fitted.evaluation_.naive.mae
    assert without.evaluation_.one_step.mae > 0.5 * naive


def test_forecasts_at_given_times_are_those_of_the_decay(rows, fitted):
    hours = [4.0, 24.0, 28.0]
    forecast = fitted.predict(future=ahead(rows, hours))
    for name in "ab":
        one = forecast.filter(pl.col("unique_id") == name)
        assert one["ds"].to_list() == ahead(rows, hours, name)["time"].to_list()
        level = rows.filter(pl.col("patient") == name)["level"].to_list()[-1]
        expected = []
        for gap in np.diff([0, *hours]):
            level = (level + 5) * np.exp(-gap / TAU)
            expected.append(level)
        assert np.abs(one["recurra"].to_numpy() - expected).max() < 0.6
        assert np.ptp(expected) > 2


def test_each_series_is_forecast_at_its_own_times_with_intervals(rows, fitted):
    asked = pl.concat([ahead(rows, [3], "b"), ahead(rows, [1, 2], "a")])
    forecast = fitted.predict(future=asked, level=[80])
    assert forecast["unique_id"].to_list() == ["a", "a", "b"]
    assert (forecast["recurra-lo-80"] < forecast["recurra"]).all()
    alone = fitted.predict(future=ahead(rows, [3], "b"))
    assert alone["unique_id"].to_list() == ["b"]
    assert alone["recurra"][0] == pytest.approx(forecast["recurra"][2], rel=1e-5)
    assert any("1 series are not in future=: not forecast" in note for note in fitted.notes_)


def test_rows_behind_the_last_value_tell_the_times_as_a_frame_does(rows, fitted):
    told = ahead(rows, [4, 20])
    table = pl.concat([rows, told.with_columns(level=pl.lit(None, pl.Float64))])
    same = Forecaster(**QUICK).fit(table, **NAMED)
    assert same.predict().equals(fitted.predict(future=told))
    assert same.predict(1)["ds"].to_list() == told["time"].to_list()[::2]
    with pytest.raises(DataError, match="end early: 2 are given"):
        same.predict(3)


def test_without_times_readings_are_put_the_middle_gap_apart(rows, fitted):
    forecast = fitted.predict(2)
    for name in "ab":
        times = rows.filter(pl.col("patient") == name)["time"]
        usual = dt.timedelta(microseconds=int(times.diff().dt.total_microseconds().median()))
        found = forecast.filter(pl.col("unique_id") == name)["ds"].to_list()
        assert found == [times.to_list()[-1] + usual, times.to_list()[-1] + 2 * usual]
    assert any("middle gap" in note for note in fitted.notes_)


def test_it_is_kept_in_a_file_bit_by_bit_and_takes_newer_readings(rows, fitted, tmp_path):
    fitted.save(tmp_path / "m")
    loaded = Forecaster.load(tmp_path / "m")
    asked = ahead(rows, [4, 30])
    assert loaded.predict(3).equals(fitted.predict(3))
    assert loaded.predict(future=asked).equals(fitted.predict(future=asked))
    # Newer readings count as such, even if they happen to follow a step.
    regular = pl.DataFrame(
        {
            "patient": ["a"] * 12,
            "time": [START + dt.timedelta(days=400, hours=8 * n) for n in range(12)],
            "level": np.linspace(2, 3, 12),
        }
    )
    assert loaded.update(regular).predict(1)["ds"].to_list() == [
        START + dt.timedelta(days=400, hours=96)
    ]


def test_later_readings_change_no_forecast_before_them_nor_their_times(rows):
    """Nothing but the time of the reading that is forecast is known of it."""
    one = rows.filter(pl.col("patient") == "a")
    options = {**QUICK, "test": 20, "validation": 20, "epochs": 1}
    place = pl.int_range(pl.len())
    later = one.with_columns(
        level=pl.when(place >= 210).then(pl.col("level") * 9 + 1).otherwise("level"),
        time=pl.when(place > 210).then(pl.col("time").dt.offset_by("30d")).otherwise("time"),
    )
    true, other = (
        Forecaster(**options).fit(each, **NAMED).evaluation_.forecasts["a"].one_step
        for each in (one, later)
    )
    assert true[:11].tolist() == other[:11].tolist()
    assert true[11:].tolist() != other[11:].tolist()


def test_a_backtest_asks_for_the_times_that_came(rows):
    done = backtest(Forecaster(**QUICK), rows, n_windows=3, horizon=3, **NAMED)
    own, naive = done.scores.of("recurra"), done.scores.of("naive")
    assert own["mae"] < 0.35 * naive["mae"]
    assert "closer to the truth than the best baseline" in done.verdict


def test_whole_numbers_are_times_too():
    times, levels = doses(120)
    first = times[0]
    hours = [round((time - first).total_seconds() / 600) for time in times]
    table = pl.DataFrame({"ds": hours, "y": levels})
    model = Forecaster(**{**QUICK, "epochs": 1}).fit(table)
    found = model.predict(future=pl.DataFrame({"ds": [hours[-1] + 5, hours[-1] + 900]}))
    assert found["ds"].to_list() == [hours[-1] + 5, hours[-1] + 900]
    with pytest.raises(DataError, match="has dates in ds"):
        model.predict(future=pl.DataFrame({"ds": [dt.datetime(2030, 1, 1)]}))


def test_a_stream_of_readings_is_refused(fitted, assert_helpful):
    with pytest.raises(OptionError) as caught:
        fitted.stream()
    assert_helpful(caught.value, "a stream of readings at irregular times")


Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop("time"), "no column 'time'"),
        (lambda f: f.drop("patient"), "no column 'patient'"),
        (lambda f: f.with_columns(patient=pl.lit("z")), "the series 'z' in row 1"),
        (
            lambda f: f.with_columns(time=pl.when(pl.col("patient") == "b").then("time")),
            "no time in row 1",
        ),
        (lambda f: f.with_columns(pl.col("time").dt.offset_by("-1y")), "whose last reading is of"),
        (lambda f: f.with_columns(pl.col("time").dt.replace_time_zone("UTC")), "the time zone UTC"),
    ],
)
def test_times_to_forecast_that_cannot_be_are_refused(
    rows, fitted, assert_helpful, change: Change, said: str
):
    with pytest.raises(DataError) as caught:
        fitted.predict(future=change(ahead(rows, [4])))
    assert_helpful(caught.value, said)


@pytest.mark.parametrize("ids", [["a", "b"], [7, 9]])
def test_readings_of_several_series_are_not_taken_for_one(rows, assert_helpful, ids):
    named = rows.with_columns(patient=pl.col("patient").replace_strict(["a", "b"], ids))
    with pytest.raises(DataError) as caught:
        Forecaster().fit(named, target="level")
    assert_helpful(caught.value, "patient could name several series (2 of them", "--id patient")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"strategy": "direct"}, "strategy='direct' with times that follow no regular step"),
        ({"calendar": True}, "calendar=True with times"),
        ({"past": ["dose"]}, "past=['dose'] with times"),
        ({"by": "group"}, "by='group' with times"),
        ({"auto": "1m"}, "auto='1m' with times"),
        ({"head": "normal"}, "head='normal'"),
    ],
)
def test_what_needs_a_step_is_refused_before_anything_is_learned(
    rows, assert_helpful, options, said
):
    table = rows.with_columns(dose=pl.lit(5.0), group=pl.lit("x"))
    with pytest.raises(OptionError) as caught:
        Forecaster(**options).fit(table, **NAMED)
    assert_helpful(caught.value, said)
