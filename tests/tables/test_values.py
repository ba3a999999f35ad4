import decimal
from collections.abc import Callable
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.tables.values import (
    check_points,
    looks_like_marked_numbers,
    looks_numeric,
    numbers,
    plainly,
    to_polars,
)

NUMBERS = st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=20)


def read(cells: list[str | None]) -> list[float]:
    return numbers(pl.Series("y", cells, dtype=pl.String))[0].tolist()


@given(NUMBERS)
def test_numbers_are_read_whatever_marks_they_have(cells: list[decimal.Decimal]) -> None:
    expected = [float(cell) for cell in cells]
    english = [f"{cell:,}" for cell in cells]
    points_then_comma = [text.translate(str.maketrans(",.", ".,")) for text in english]
    assert read([str(cell) for cell in cells]) == expected
    assert read(english) == expected
    assert read(points_then_comma) == expected
    assert read([str(cell).replace(".", ",") for cell in cells]) == expected


@pytest.mark.parametrize(
    ("cells", "expected", "said"),
    [
        (["1,234", "12"], [1234, 12], "between thousands"),
        (["0,125", "1,5"], [0.125, 1.5], "decimal comma"),
        (["1.234,5", "7"], [1234.5, 7], "points between thousands"),
        (["1.234.567", "7"], [1234567, 7], "points between thousands"),
    ],
)
def test_a_style_of_numbers_is_said(cells: list[str], expected: list[float], said: str) -> None:
    values, notes = numbers(pl.Series("y", cells))
    assert values.tolist() == expected
    assert len(notes) == 1
    assert said in notes[0]


def test_plain_numbers_need_no_note_and_missing_cells_are_nan() -> None:
    values, notes = numbers(pl.Series("y", ["1e3", None, "-.5", "inf"]))
    np.testing.assert_array_equal(values, [1000, np.nan, -0.5, np.inf])
    assert notes == []


def test_types_that_hold_numbers_are_read() -> None:
    for column in (pl.Series([1, None]), pl.Series([True, None]), pl.Series([1.0, None])):
        np.testing.assert_array_equal(numbers(column)[0], [1, np.nan])


def test_text_cells_are_named_with_their_row(assert_helpful: Callable[..., None]) -> None:
    with pytest.raises(DataError) as caught:
        read(["1,5", "2,5", "2,5", "2,5", "abc", "2,5"])
    assert_helpful(caught.value, "'y'", "'abc'", "row 5")
    with pytest.raises(DataError) as caught:
        read(["1", "45%", "3%"])
    assert_helpful(caught.value, "'45%'", "row 2", "1 more cell like", "write '45%' as 45")


def test_times_are_no_numbers(assert_helpful: Callable[..., None]) -> None:
    with pytest.raises(DataError) as caught:
        numbers(pl.Series("y", [0]).cast(pl.Datetime))
    assert_helpful(caught.value, "'y' holds times")


def test_what_looks_numeric() -> None:
    assert looks_numeric(pl.Series(["1", "2", "3", "4", "n.a."]))
    assert looks_numeric(pl.Series(["1,5", None]))
    assert looks_numeric(pl.Series([1]))
    assert not looks_numeric(pl.Series(["a", "b", "1"]))
    assert not looks_numeric(pl.Series([None, None], dtype=pl.Float64))
    assert not looks_numeric(pl.Series([True]))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.Series(pd.array([" x", pd.NA, "NA"], "string")), ["x", None, None]),
        (pd.Series(pd.array([1, pd.NA], "Int64")), [1, None]),
        (pd.Series([1, "2", None], dtype=object), ["1", "2", None]),
        (pd.Series(["u", "v"], dtype="category"), ["u", "v"]),
        (pd.Series(pd.period_range("1949-01", periods=1, freq="M")), ["1949-01"]),
        (pd.Series([decimal.Decimal("1.5")]), [decimal.Decimal("1.5")]),
        (pa.chunked_array([[1, None]]), [1, None]),
        (pa.chunked_array([pa.array([decimal.Decimal("1.5")])]), [decimal.Decimal("1.5")]),
        (pa.chunked_array([pa.array(["u", "?"]).dictionary_encode()]), ["u", None]),
        (pl.Series(["u", " none"], dtype=pl.Categorical), ["u", None]),
    ],
)
def test_columns_of_any_maker_become_polars(column: object, expected: list[object]) -> None:
    series: nw.Series[object] = nw.from_native(column, series_only=True)  # type: ignore[call-overload]
    assert to_polars(series).to_list() == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_pandas_are_kept_in_any_unit_and_zone(unit: str) -> None:
    times = pd.Series(pd.to_datetime(["2024-07-01 12:00", None])).astype(f"datetime64[{unit}]")
    plain = to_polars(nw.from_native(times, series_only=True))
    assert plain.dt.to_string("%F %T").to_list() == ["2024-07-01 12:00:00", None]
    local = to_polars(nw.from_native(times.dt.tz_localize("Europe/Berlin"), series_only=True))
    assert local.dtype == pl.Datetime("us", "Europe/Berlin")
    assert local.dt.to_string("%F %T").to_list() == ["2024-07-01 12:00:00", None]


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_numbers_written_by_python_are_read_exactly(values: list[float]) -> None:
    read, notes = numbers(pl.Series("y", [repr(value) for value in values]))
    assert read.tolist() == values
    assert not notes


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table])
def test_every_kind_of_frame_gives_the_same_columns(make: Any) -> None:
    hours = pl.datetime_range(
        pl.datetime(2024, 3, 30),
        pl.datetime(2024, 4, 1),
        "12h",
        eager=True,
        time_zone="Europe/Berlin",
    )
    data = {"text": ["a", " NA ", None], "number": [1.5, 2.5, 3.5], "time": hours.to_list()[:3]}
    frame = nw.from_native(make(data), eager_only=True)
    columns = {name: to_polars(frame[name]) for name in data}
    assert columns["text"].to_list() == ["a", None, None]
    assert columns["number"].to_list() == data["number"]
    assert columns["time"].to_list() == data["time"]


@pytest.mark.parametrize("cells", [["713", "1.102", "-2.000"], ["1.213", None, "5"]])
def test_points_that_may_stand_between_thousands_are_refused_where_some_cells_have_none(
    assert_helpful: Callable[..., None], cells: list[str | None]
) -> None:
    with pytest.raises(DataError) as caught:
        read(cells)
    cell = next(cell for cell in cells if cell and "." in cell)
    assert_helpful(caught.value, cell, f"{cell},0", cell.replace(".", ""), f"{cell}0")


def test_a_doubt_about_points_is_settled_as_the_error_says() -> None:
    assert read(["713", "1102"]) == [713, 1102]
    assert read(["713", "1.102,0"]) == [713, 1102]
    assert read(["713", "1.1020"]) == [713, 1.102]


@pytest.mark.parametrize(
    "cells", [["0.123", "12.500"], ["12.5", "1.213"], ["1213", "1.213"], ["1", "2"], ["0", "5"]]
)
def test_decimals_that_cannot_be_thousands_need_no_note(cells: list[str]) -> None:
    values, notes = numbers(pl.Series("y", cells))
    assert values.tolist() == [float(cell) for cell in cells]
    assert notes == []


def test_three_decimals_in_every_cell_are_said_and_refused_on_demand(
    assert_helpful: Callable[..., None],
) -> None:
    column = pl.Series("sales", ["1.213", "1.390"])
    values, notes = numbers(column)
    assert values.tolist() == [1.213, 1.39]
    assert len(notes) == 1
    assert "1.213 is a little more than 1" in notes[0]
    with pytest.raises(DataError) as caught:
        check_points(column)
    assert_helpful(caught.value, "'sales'", "1213", "1.213,0")
    check_points(pl.Series("sales", ["1.234.567", "1.213"]))
    check_points(pl.Series("sales", [1.213, 1.390]))


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("(1213.8)", "-1213.8 (in brackets it is often negative)"),
        ("$1,213.80", "1,213.80"),
        ("-12.1%", "-12.1"),
        ("1\N{NO-BREAK SPACE}213", "1213"),
        ("EUR 5", "5"),
        ("5 kWh", "5"),
        ("Q1", ""),
        ("00:30", ""),
        ("2024-01-01", ""),
    ],
)
def test_a_number_in_signs_is_written_plainly(cell: str, plain: str) -> None:
    assert plainly(cell) == plain
    assert looks_like_marked_numbers(pl.Series([cell, None])) == bool(plain)


def test_plain_numbers_and_none_are_not_marked() -> None:
    assert not looks_like_marked_numbers(pl.Series(["1.5", "2"]))
    assert not looks_like_marked_numbers(pl.Series([None], dtype=pl.String))
    assert not looks_like_marked_numbers(pl.Series([1]))


@given(st.lists(st.sampled_from([" a ", "a", "b", "NA", "n/a", "", None]), min_size=1))
def test_text_that_repeats_is_read_as_text_that_does_not(cells: list[str | None]) -> None:
    column = pl.Series("y", cells, pl.String)
    apart = [
        to_polars(nw.from_native(column[n : n + 1], series_only=True)) for n in range(len(cells))
    ]
    together = to_polars(nw.from_native(column, series_only=True))
    assert together.to_list() == [one[0] for one in apart]
