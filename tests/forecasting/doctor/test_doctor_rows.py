"""Lengths, gaps, duplicates, standstills, clashes, kinds of demand, trends and columns."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.forecasting.doctor import Severity, inspect
from recurra.forecasting.doctor.clashes import same_names
from recurra.forecasting.doctor.demand import kind
from recurra.forecasting.doctor.gaps import runs
from recurra.forecasting.doctor.standstill import chance
from recurra.forecasting.doctor.subject import read
from recurra.forecasting.doctor.trends import is_random_walk, trend, unit_root
from recurra.forecasting.panel import Panel


def noise(count: int = 200, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=count)


def panel(**series: np.ndarray) -> pl.DataFrame:
    """Daily series that all end on the same day."""
    last = np.datetime64("2024-12-31", "us")
    parts = []
    for name, values in series.items():
        times = last - np.arange(len(values))[::-1] * np.timedelta64(86_400_000_000, "us")
        parts.append(pl.DataFrame({"unique_id": [name] * len(values), "ds": times, "y": values}))
    return pl.concat(parts)


# The grid ----------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.sampled_from(["1h", "15m", "1d", "1mo", "1q"]), st.floats(0.6, 1.0))
def test_series_stand_on_their_grid_as_a_forecaster_reads_them(
    seed: int, step: str, kept: float
) -> None:
    random = np.random.default_rng(seed)
    times = pl.date_range(pl.date(2000, 1, 1), pl.date(2200, 1, 1), "1d", eager=True)
    if step != "1d":
        start, end = pl.datetime(2000, 1, 1), pl.datetime(2050, 1, 1)
        times = pl.datetime_range(start, end, step, eager=True)
    times = times.head(60).sample(fraction=kept, seed=seed).sort()
    frames = []
    for name, part in {"a": times, "b": times[5:]}.items():
        values = np.where(random.random(len(part)) < 0.1, np.nan, random.normal(size=len(part)))
        values[[0, len(part) // 2, -1]] = 1.0
        frames.append(pl.DataFrame({"unique_id": name, "ds": part, "y": values}))
    table = pl.concat([*frames, frames[0].slice(3, 2)]).sample(
        fraction=1.0, shuffle=True, seed=seed
    )
    grid = read(table, id=None, time=None, target=None, horizon=None).grid
    expected = {one.id: one for one in Panel.from_frame(table).series}
    assert set(grid.names) == set(expected)
    for number, name in enumerate(grid.names):
        line = grid.line(number)
        assert len(line.values) == len(expected[name].values)
        seen = np.isfinite(line.values)
        np.testing.assert_array_equal(seen, expected[name].observed)
        np.testing.assert_allclose(line.values[seen], expected[name].values[seen])
        assert grid.stamp(number, np.array([line.first]))[0] == expected[name].origin


@settings(max_examples=50, deadline=None)
@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_runs_are_those_counted_by_hand(marks: list[bool], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(marks)))
    expected = []
    for start, end in ((0, cut), (cut, len(marks))):
        length = 0
        for place in range(start, end + 1):
            if place < end and marks[place]:
                length += 1
            elif length:
                expected.append((place - length, length))
                length = 0
    begins, lengths = runs(np.array(marks), np.unique([0, cut, len(marks)]))
    assert list(zip(begins.tolist(), lengths.tolist(), strict=True)) == expected


# Gaps and duplicates -----------------------------------------------------------------------------


def test_missing_times_and_missing_values_are_told_apart(only) -> None:
    table = panel(a=noise()).filter(~pl.int_range(pl.len()).is_between(50, 59))
    table = table.with_columns(y=pl.when(pl.int_range(pl.len()) == 100).then(None).otherwise("y"))
    found = inspect(table)
    gaps, empty = only(found, "gaps"), only(found, "missing values")
    assert (gaps.figures["count"], gaps.figures["longest"]) == (10, 10)
    assert gaps.places[0].time == "2024-08-04 00:00:00"
    assert empty.figures["count"] == 1


def test_much_missing_is_a_warning_and_little_a_note(only) -> None:
    kept = np.random.default_rng(0).random(200) > 0.2
    assert only(inspect(panel(a=noise()).filter(pl.Series(kept))), "gaps").severity > Severity.NOTE
    some = panel(a=noise()).filter(pl.int_range(pl.len()) != 77)
    assert only(inspect(some), "gaps").severity is Severity.NOTE


def test_what_lacks_before_the_first_and_after_the_last_value_is_no_gap(findings) -> None:
    values = noise()
    values[:20] = values[-5:] = np.nan
    assert findings(inspect(panel(a=values)), "missing values") == []


def test_rows_that_repeat_are_told_apart_by_their_values(only) -> None:
    table = panel(a=noise(), b=noise(seed=1))
    again = table.slice(10, 3)
    other = table.slice(250, 2).with_columns(y=pl.col("y") + 1)
    finding = only(inspect(pl.concat([table, again, other])), "duplicates")
    assert finding.figures == {"count": 5, "differ": 2}
    assert finding.severity is Severity.WARNING
    assert {place.series for place in finding.places[:2]} == {"b"}
    assert only(inspect(pl.concat([table, again])), "duplicates").severity is Severity.NOTE


# Standing still ----------------------------------------------------------------------------------


def test_a_sensor_that_hung_is_found_where_it_hung(only) -> None:
    values = noise(400)
    values[100:130] = values[100]
    finding = only(inspect(panel(a=values)), "standstill")
    assert finding.places[0].size == 30
    assert finding.severity is Severity.WARNING
    assert finding.places[0].time == "2024-03-07 00:00:00"


def test_a_series_that_died_is_said_to_stand_to_its_end(only) -> None:
    values = noise(400)
    values[-40:] = 0.0
    finding = only(inspect(panel(a=values, b=noise(400, 1))), "standstill")
    assert finding.figures == {"stuck": 1, "dead": 1, "longest": 40}


def test_a_constant_series_is_named_and_other_kinds_of_standing_are_not(only, findings) -> None:
    finding = only(inspect(panel(a=noise(), flat=np.full(200, 7.0))), "standstill")
    assert [place.series for place in finding.places] == ["flat"]
    random = np.random.default_rng(0)
    rounded = np.round(np.cumsum(random.normal(0, 0.3, 500)))
    zeros = random.poisson(0.3, 500) * 1.0
    nights = np.maximum(0, np.sin(np.arange(500) * 2 * np.pi / 24)) + 0.0
    for values in (rounded, zeros, nights):
        assert findings(inspect(panel(a=values)), "standstill") == []


def test_intermittent_series_do_not_stand_still_by_chance() -> None:
    random = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "unique_id": np.repeat([f"s{n}" for n in range(400)], 50),
            "ds": np.tile(np.arange(50), 400),
            "y": random.poisson(0.2, 20_000) * 1.0,
        }
    )
    found = inspect(table)
    assert [one.figures for one in found.findings if "stuck" in one.figures] == []
    (shifts,) = [one for one in found.findings if one.check == "level shifts"]
    assert shifts.severity is Severity.OK


@pytest.mark.parametrize("stay", [0.1, 0.5, 0.9])
def test_the_chance_of_a_run_is_a_bound(stay: float) -> None:
    random = np.random.default_rng(0)
    called = 0
    for _ in range(300):
        ends = np.flatnonzero(random.random(500) > stay)
        lengths = np.diff(ends)
        longest = int(lengths.argmax())
        called += chance(np.delete(lengths, longest), int(lengths[longest])) < 0.05
    assert called <= 15


# Series ------------------------------------------------------------------------------------------


def test_lengths_of_unequal_series_are_said() -> None:
    found = inspect(panel(a=noise(100), b=noise(150), c=noise(300)))
    (lengths,) = [one for one in found.findings if one.check == "lengths"]
    assert lengths.figures["shortest"] == 100
    assert lengths.figures["median"] == 150
    assert lengths.figures["longest"] == 300
    assert "3 series of 100 to 300 points, 150 at the median" in lengths.said


def test_series_that_ended_early_are_named_with_their_end(only) -> None:
    table = panel(a=noise(), b=noise(seed=1), shut=noise(seed=2))
    table = table.filter(
        (pl.col("unique_id") != "shut") | (pl.col("ds") < pl.datetime(2024, 11, 1))
    )
    finding = only(inspect(table), "ended early")
    assert [(place.series, place.time) for place in finding.places] == [
        ("shut", "2024-10-31 00:00:00")
    ]


def test_series_without_values_and_of_two_points_are_warnings(findings) -> None:
    found = inspect(panel(a=noise(), empty=np.full(200, np.nan), two=noise(2)))
    said = {place.series for one in findings(found, "lengths") for place in one.places}
    assert said == {"empty", "two"}
    assert found.to_html()


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["a", "b"], []),
        (["Shop 1", "shop1", "x"], [["Shop 1", "shop1"]]),
        (["straße", "STRASSE"], [["straße", "STRASSE"]]),
        (["ＡＢ", "ab", "a b"], [["ＡＢ", "ab", "a b"]]),
    ],
)
def test_names_that_differ_only_in_their_writing_are_grouped(
    names: list[str], groups: list[list[str]]
) -> None:
    assert same_names(names) == groups


def test_clashing_names_are_a_warning(only) -> None:
    finding = only(inspect(panel(Shop=noise(), shop=noise(seed=1))), "clashing series")
    assert "'Shop' and 'shop'" in finding.said


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame])
def test_spaces_around_names_are_said_though_reading_drops_them(make, only) -> None:
    table = panel(a=noise(100), b=noise(100, 1)).to_dict(as_series=False)
    table["unique_id"] = ["a "] * 50 + table["unique_id"][50:]
    found = inspect(make(table))
    assert found.series == 2
    assert "'a' and 'a '" in only(found, "clashing series").said


def test_series_that_are_copies_of_each_other_are_named(only) -> None:
    finding = only(inspect(panel(a=noise(), b=noise(seed=1), c=noise())), "clashing series")
    assert [place.series for place in finding.places] == ["a", "c"]


# Kinds of series ---------------------------------------------------------------------------------


def test_kinds_of_demand_are_those_of_syntetos_and_boylan() -> None:
    random = np.random.default_rng(0)
    seldom = (random.random(300) < 0.3) * 1.0
    assert kind(seldom * (5 + random.integers(0, 2, 300))) == "intermittent"
    assert kind(seldom * random.lognormal(1, 1.2, 300)) == "lumpy"
    assert kind(random.poisson(4, 300) * 1.0) == "counts"
    assert kind(random.normal(size=300)) == ""
    assert kind(100 + random.poisson(4, 300) * 1.0) == ""
    assert kind(np.full(30, np.nan)) == ""
    assert kind(np.zeros(30)) == ""


def test_intermittent_series_are_noted(only) -> None:
    random = np.random.default_rng(0)
    values = (random.random(300) < 0.3) * (5.0 + random.integers(0, 2, 300))
    finding = only(inspect(panel(a=values)), "demand")
    assert "intermittent" in finding.said
    assert "MASE" in finding.do


def share(make: Callable[[np.random.Generator], np.ndarray], test, count: int = 200) -> float:
    random = np.random.default_rng(1)
    return float(np.mean([bool(test(make(random))) for _ in range(count)]))


def test_random_walks_are_known_and_nothing_else_is_taken_for_one() -> None:
    def persistent(random: np.random.Generator) -> np.ndarray:
        values = random.normal(size=400)
        for step in range(1, 400):
            values[step] += 0.8 * values[step - 1]
        return values

    assert share(lambda r: r.normal(size=400).cumsum(), is_random_walk) > 0.85
    assert share(lambda r: r.normal(size=100).cumsum(), is_random_walk) > 0.8
    assert share(lambda r: r.normal(size=400), is_random_walk) == 0
    assert share(lambda r: r.normal(size=60), is_random_walk) < 0.05
    assert share(persistent, is_random_walk) < 0.02
    assert share(lambda r: r.normal(size=400).cumsum().cumsum(), is_random_walk) < 0.02
    time = np.arange(400)
    assert share(lambda r: 0.05 * time + r.normal(size=400), is_random_walk) < 0.02
    assert share(lambda r: np.sin(time / 9) + 0.1 * r.normal(size=400), is_random_walk) < 0.02


def test_the_unit_root_statistic_is_that_of_the_regression() -> None:
    values = noise(80).cumsum()
    changes = np.diff(values)
    matrix = np.column_stack([values[2:-1], np.ones(77), changes[1:-1], changes[:-2]])
    inverse = np.linalg.inv(matrix.T @ matrix)
    fit = inverse @ matrix.T @ changes[2:]
    rest = changes[2:] - matrix @ fit
    expected = fit[0] / np.sqrt(rest @ rest / (77 - 4) * inverse[0, 0])
    assert unit_root(values) == pytest.approx(expected, rel=1e-6)


def test_trends_are_found_and_walks_and_noise_have_none() -> None:
    time = np.arange(240)
    assert share(lambda r: 0.02 * time + r.normal(size=240), lambda y: trend(y) == 1) > 0.95
    assert share(lambda r: -0.02 * time + r.normal(size=240), lambda y: trend(y) == -1) > 0.95
    assert share(lambda r: r.normal(size=240), trend) < 0.02
    assert share(lambda r: r.normal(size=240).cumsum(), trend) < 0.1
    assert share(lambda r: (0.5 + r.normal(size=240)).cumsum(), lambda y: trend(y) == 1) > 0.95


# Columns -----------------------------------------------------------------------------------------


def test_how_sure_the_columns_are_is_said(hours, daily_wave) -> None:
    table = hours(daily_wave)

    def sure(found) -> dict[str, bool]:
        columns = [one for one in found.findings if one.check == "columns"]
        return {one.figures["role"]: one.figures["sure"] for one in columns}

    assert sure(inspect(table)) == {"time": True, "target": True}
    assert sure(inspect(table.drop("ds"))) == {"time": False, "target": True}
    again = table.with_columns(date=pl.col("ds") - pl.duration(days=1))
    assert sure(inspect(again))["time"] is False
    assert sure(inspect(again, time="date"))["time"] is True
    assert sure(inspect(panel(a=noise(), b=noise())))["id"] is True
