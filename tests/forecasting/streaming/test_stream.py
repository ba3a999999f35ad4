"""A stream forecasts as a table of all rows up to then would be forecast."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from recurra import Forecaster
from recurra.errors import OptionError
from recurra.forecasting.streaming import AT_ONCE, Stream, as_table
from recurra.forecasting.streaming import remarks as said

FITTED = 60
REACH = 6


def _values(name: str, count: int) -> list[float]:
    noise = np.random.default_rng(ord(name)).normal(0, 2, count)
    return [float(one) for one in 50 + 10 * np.sin(0.5 * np.arange(count)) + noise]


def _rows(name: str, first: int, end: int) -> list[dict[str, Any]]:
    values = _values(name, end)
    return [{"unique_id": name, "ds": step, "y": values[step]} for step in range(first, end)]


FORMS: dict[str, dict[str, Any]] = {
    "recursive": {"epochs": 1, "hidden_size": 5},
    "sequence-to-sequence": {"steps": 10, "hidden_size": 5, "ensemble": 2},
}


@pytest.fixture(scope="module", params=[*FORMS])
def fitted_form(request) -> Forecaster:
    """Fitted to two series, step by step or segment by segment."""
    table = pl.DataFrame(_rows("a", 0, FITTED) + _rows("b", 0, FITTED))
    forecaster = Forecaster(
        strategy=request.param,
        lookback=REACH,
        horizon=4,
        validation=8,
        test=8,
        **FORMS[request.param],
    ).fit(table)
    # What is fitted may read a little further than was asked for.
    assert forecaster.model_.reach < 20
    return forecaster


def _of_table(forecaster: Forecaster, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The oracle: what ``update`` with a table of these rows and ``predict`` give, by series."""
    ends = {tail.id: tail for tail in forecaster.tails_}
    origins = dict(forecaster.origins_)
    before = vars(forecaster).copy()
    forecaster.update(pl.DataFrame(_rows("a", 0, FITTED) + _rows("b", 0, FITTED) + rows))
    predicted = forecaster.predict(level=[80])
    vars(forecaster).update(before)
    assert {tail.id: tail for tail in forecaster.tails_} == ends
    assert forecaster.origins_ == origins
    return {name: predicted.filter(pl.col("unique_id") == name) for name in ("a", "b")}


def _agree(following: Any, table: pl.DataFrame) -> None:
    assert [*following.ds] == table["ds"].to_list()
    # Rows that are forecast together round otherwise than alone, in single precision.
    np.testing.assert_allclose(following.values, table["recurra"].to_numpy(), rtol=1e-5)
    for name in ("recurra-lo-80", "recurra-hi-80"):
        np.testing.assert_allclose(following.intervals[name], table[name].to_numpy(), rtol=1e-5)


def test_after_each_row_it_forecasts_as_the_whole_table_would(fitted_form):
    rows = [*_rows("a", FITTED, FITTED + 5), *_rows("b", FITTED, FITTED + 3)]
    stream = fitted_form.stream(level=[80])
    for count, row in enumerate(rows, start=1):
        following = stream.push(row)
        assert following is not None
        assert (following.unique_id, following.cutoff) == (row["unique_id"], row["ds"])
        _agree(following, _of_table(fitted_form, rows[:count])[row["unique_id"]])
    assert stream.notes == ()


_MOST = 14


@some.composite
def _untidy(draw: Any) -> list[dict[str, Any]]:
    """Rows of both series in any order: gaps, repeats, missing values and late rows among them."""
    found = []
    for name in "ab":
        steps = draw(some.lists(some.integers(FITTED - 2, FITTED + _MOST), max_size=10))
        for step in steps:
            value = draw(some.one_of(some.just(math.nan), some.floats(20, 80)))
            found.append({"unique_id": name, "ds": step, "y": value})
    return draw(some.permutations(found))


@settings(max_examples=25, deadline=None)
@given(rows=_untidy())
def test_whatever_comes_in_whatever_order_it_ends_where_a_table_does(fitted_form, rows):
    stream = fitted_form.stream(level=[80])
    last = {one.unique_id: one for one in stream.extend(rows)}
    reach = fitted_form.model_.reach
    for name, table in _of_table(fitted_form, _reached(rows, reach)).items():
        if name in last:
            _agree(last[name], table)


def _reached(rows: list[dict[str, Any]], reach: int) -> list[dict[str, Any]]:
    """Without the rows that came too late, as the stream is to leave them out."""
    newest, kept = dict.fromkeys("ab", FITTED - 1), []
    for row in rows:
        if row["ds"] > newest[row["unique_id"]] - reach:
            kept.append(row)
            if not math.isnan(row["y"]):
                newest[row["unique_id"]] = max(newest[row["unique_id"]], row["ds"])
    return kept


def test_rows_together_give_what_rows_alone_give(fitted_form):
    rows = [
        row for pair in zip(_rows("a", 60, 70), _rows("b", 60, 70), strict=True) for row in pair
    ]
    alone = [following for row in rows if (following := fitted_form.stream().push(row))]
    stream, one = fitted_form.stream(), fitted_form.stream()
    together, each = stream.extend(rows), [one.push(row) for row in rows]
    assert len(together) == len(each) == len(rows) == len(alone)
    for this, that in zip(together, each, strict=True):
        assert that is not None
        assert (this.unique_id, this.cutoff) == (that.unique_id, that.cutoff)
        np.testing.assert_allclose(this.values, that.values, rtol=1e-5)


def test_the_forecaster_stays_where_it_was(fitted_form):
    before = fitted_form.predict()
    fitted_form.stream().extend(_rows("c", 0, 60) + _rows("a", 60, 70))
    assert fitted_form.predict().equals(before)
    assert [*fitted_form.model_.ids] == ["a", "b"]


def _held(stream: Stream) -> int:
    return sum(one.values.nbytes + one.counts.nbytes for one in stream._series.values())


def test_what_is_kept_does_not_grow(fitted):
    stream = fitted.stream(1)
    first = _held(stream)
    found = stream.extend(
        {"unique_id": "a", "ds": 60 + n, "y": 50.0 + n % 7} for n in range(5 * AT_ONCE)
    )
    assert len(found) == 5 * AT_ONCE
    assert _held(stream) == first


# What is out of the ordinary ---------------------------------------------------------------------


def _notes(stream: Stream, kind: str) -> list[str]:
    return [note for note in stream.notes if note.startswith(kind)]


def test_a_new_series_is_taken_up_once_it_has_what_the_model_needs(fitted_form):
    needed, stream = fitted_form.model_.reach + 4, fitted_form.stream()
    rows = _rows("c", 0, needed + 3)
    found = [stream.push(row) for row in rows]
    assert [one is None for one in found] == [True] * (needed - 1) + [False] * 4
    # As update does with the same first points.
    table = pl.DataFrame(rows[:needed])
    before = vars(fitted_form).copy()
    expected = fitted_form.update(table).predict()["recurra"].to_numpy()
    vars(fitted_form).update(before)
    assert found[needed - 1] is not None
    np.testing.assert_allclose(found[needed - 1].values, expected, rtol=1e-5)
    assert len(_notes(stream, said.NEW)) == 1


@pytest.mark.parametrize(
    ("rows", "kind", "case"),
    [
        ([{"unique_id": "a", "ds": 60}], said.NO_COLUMN, "'y'"),
        ([{}], said.NO_COLUMN, "an empty row"),
        ([{"unique_id": None, "ds": 60, "y": 1.0}], said.NO_SERIES, "ds=60"),
        ([{"unique_id": "a", "ds": "soon", "y": 1.0}], said.NO_TIME, "ds=soon"),
        ([{"unique_id": "a", "ds": None, "y": 1.0}], said.NO_TIME, "ds=None"),
        ([{"unique_id": "a", "ds": 60.5, "y": 1.0}], said.NO_TIME, "60.5"),
        ([{"unique_id": "a", "ds": date(2024, 1, 1), "y": 1.0}], said.NO_TIME, "2024"),
        ([{"unique_id": "a", "ds": 60, "y": "1,5"}], said.NO_NUMBER, "y=1,5"),
        ([{"unique_id": "a", "ds": 60, "y": "1_5"}], said.NO_NUMBER, "y=1_5"),
        ([{"unique_id": "a", "ds": 60, "y": [1]}], said.NO_NUMBER, "[1]"),
        ([{"unique_id": "a", "ds": 60, "y": float("inf")}], said.INFINITE, "inf"),
        ([{"unique_id": "a", "ds": 60, "y": "n/a"}], said.MISSING, "a at 60"),
        ([{"unique_id": "new", "ds": 60, "y": None}], said.MISSING, "new, before its first"),
        ([{"unique_id": "a", "ds": 3, "y": 1.0}], said.TOO_LATE, "a at 3"),
        ([{"unique_id": "a", "ds": -1, "y": 1.0}], said.TOO_LATE, "a at -1"),
    ],
)
def test_a_row_that_cannot_be_used_is_left_out_and_said_once(fitted, rows, kind, case):
    stream = fitted.stream()
    assert stream.extend(rows * 3) == []
    assert len(_notes(stream, kind)) == 1
    assert case in _notes(stream, kind)[0]
    assert stream.remarks.counts[kind] == 3
    assert f"3 {kind}" in stream.remarks.summary()
    # And what follows is forecast as if it had not been there.
    good = {"unique_id": "a", "ds": 60, "y": 50.0}
    this, that = stream.push(good), fitted.stream().push(good)
    assert this is not None
    assert that is not None
    np.testing.assert_array_equal(this.values, that.values)


@pytest.mark.parametrize(
    ("steps", "kind"),
    [((60, 64), said.GAP), ((60, 62, 61), said.LATE), ((60, 60), said.REPEATED)],
)
def test_what_is_mended_is_said_and_forecast_from(fitted, steps, kind):
    stream = fitted.stream()
    found = stream.extend({"unique_id": "a", "ds": step, "y": 50.0} for step in steps)
    assert len(found) == len(steps)
    assert len(_notes(stream, kind)) == 1


@pytest.fixture(scope="module")
def daily(wave) -> Forecaster:
    """Days as they are written in the United States, of one series without a name."""
    days = [date(2024, 1, 1) + timedelta(n) for n in range(60)]
    table = pl.DataFrame({"day": [f"{day:%m/%d/%Y}" for day in days], "sold": wave()})
    return Forecaster(hidden_size=4, epochs=1, lookback=6, horizon=2, validation=8, test=8).fit(
        table
    )


@pytest.mark.parametrize(
    "day", ["03/01/2024", "3/1/2024", "2024-03-01", date(2024, 3, 1), np.datetime64("2024-03-01")]
)
def test_a_single_time_is_read_as_the_table_was(daily, day):
    """Alone, 03/01 could be the third of January."""
    following = daily.stream().push({"day": day, "sold": "50.5"})
    assert following is not None
    assert (following.cutoff, [*following.ds]) == ("03/01/2024", ["03/02/2024", "03/03/2024"])


def test_rows_without_times_follow_one_another(wave):
    values = wave(70)
    forecaster = Forecaster(
        hidden_size=4, epochs=1, lookback=6, horizon=2, validation=8, test=8
    ).fit(pl.DataFrame({"y": values[:60]}))
    stream = forecaster.stream()
    given_values = [*values[60:65], math.nan, *values[66:70]]
    found = [stream.push({"y": value}) for value in given_values]
    assert [one.cutoff for one in found if one] == [60, 61, 62, 63, 64, 66, 67, 68, 69]
    whole = np.array([*values[:60], *given_values])
    expected = forecaster.update(pl.DataFrame({"y": whole})).predict()["recurra"].to_numpy()
    assert found[-1] is not None
    np.testing.assert_allclose(found[-1].values, expected, rtol=1e-5)


def test_forecasts_are_a_table_and_plain_data(fitted):
    found = fitted.stream(2, [80]).extend(
        {"unique_id": "a", "ds": step, "y": 50.0} for step in (60, 61)
    )
    table = as_table(found)
    assert table.columns == [
        *("unique_id", "ds", "cutoff", "recurra", "recurra-lo-80", "recurra-hi-80"),
    ]
    assert table["ds"].to_list() == [61, 62, 62, 63]
    assert table["cutoff"].to_list() == [60, 60, 61, 61]
    plain = found[0].to_json()
    assert plain["recurra"] == table["recurra"].to_list()[:2]
    assert [*plain] == [
        *("unique_id", "cutoff", "ds", "recurra", "recurra-lo-80", "recurra-hi-80"),
    ]


def test_a_model_with_covariates_has_no_stream(frame, wave):
    table = frame(a=wave(), b=wave(seed=1)).with_columns(price=pl.lit(1.0))
    forecaster = Forecaster(
        past=["price"], steps=2, ensemble=1, hidden_size=4, lookback=6, horizon=2
    ).fit(table)
    with pytest.raises(OptionError, match="reads covariates"):
        forecaster.stream()


@pytest.mark.parametrize("options", [{"horizon": 0}, {"level": [100]}, {"level": 80}])
def test_options_out_of_range_are_refused(fitted, options):
    with pytest.raises(OptionError):
        fitted.stream(**options)
