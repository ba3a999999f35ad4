from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

from recurra.errors import DataError
from recurra.forecasting.columns import (
    Columns,
    check_columns,
    check_names,
    check_one_series,
    infer,
    read_columns,
)

DAYS = [f"2024-01-{day:02}" for day in range(1, 21)]
VALUES = [f"{day % 7}.5" for day in range(20)]


def found(table: dict[str, Any], **named: str) -> Columns:
    names: dict[str, Any] = {"id": None, "time": None, "target": None, **named}
    return infer(read_columns(pl.DataFrame(table)), **names)[0]


def test_the_only_times_and_the_only_numbers_are_found_and_said() -> None:
    table = {"Sales": VALUES, "When": DAYS}
    columns, notes = infer(read_columns(pl.DataFrame(table)), id=None, time=None, target=None)
    assert columns == Columns(None, ("When",), "Sales")
    assert any("When" in note for note in notes)
    assert any("Sales" in note for note in notes)


def test_the_names_of_the_field_win_at_once() -> None:
    table = {
        "unique_id": ["a"] * 10 + ["b"] * 10,
        "ds": DAYS[:10] * 2,
        "y": VALUES,
        "other": VALUES,
        "updated": DAYS,
    }
    assert found(table) == Columns("unique_id", ("ds",), "y")


def test_a_key_that_tells_repeated_times_apart_names_the_series() -> None:
    table = {"Ticker": ["a"] * 10 + ["b"] * 10, "Date": DAYS[:10] * 2, "Close": VALUES}
    assert found(table) == Columns("Ticker", ("Date",), "Close")


def test_a_category_beside_times_that_do_not_repeat_names_no_series() -> None:
    assert found({"day": DAYS, "sky": ["sun", "rain"] * 10, "y": VALUES}).id is None


def test_time_may_be_spread_over_columns() -> None:
    parts = {"year": [2024] * 20, "month": [1] * 20, "day": [*range(1, 21)]}
    assert found({"No": [*range(1, 21)], **parts, "v": VALUES}) == Columns(
        None, ("year", "month", "day"), "v"
    )


def test_rows_in_order_need_no_time() -> None:
    assert found({"v": VALUES}) == Columns(None, (), "v")


def test_a_counter_is_no_target_unless_it_is_all_there_is() -> None:
    assert found({"n": [*range(20)], "v": VALUES}).target == "v"
    assert found({"n": [*range(20)]}).target == "n"


def test_an_empty_name_of_the_time_takes_rows_in_order() -> None:
    assert found({"ds": DAYS, "v": VALUES}, time="").time == ()


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"ds": DAYS, "a": VALUES, "b": VALUES}, r"(?s)a, b.*--target"),
        ({"start": DAYS, "end": DAYS, "v": VALUES}, r"(?s)start, end.*--time"),
        (
            {
                "shop": ["a"] * 10 + ["b"] * 10,
                "item": ["c"] * 10 + ["d"] * 10,
                "ds": DAYS[:10] * 2,
                "v": VALUES,
            },
            r"(?s)shop, item.*--id",
        ),
        ({"ds": DAYS[:10] * 2, "v": VALUES}, r"(?s)repeat.*--id"),
        ({"ds": DAYS, "sky": ["sun"] * 20}, r"(?s)number.*--target"),
    ],
)
def test_a_doubt_is_an_error_that_names_the_choices_and_the_option(
    table: dict[str, Any], says: str
) -> None:
    with pytest.raises(DataError, match=says):
        found(table)


def test_times_that_cannot_be_read_are_never_passed_over() -> None:
    columns = found({"date": [*DAYS[:-1], "oops"], "v": VALUES})
    assert columns.time == ("date",)


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(DataError, match="did you mean 'sales'"):
        check_columns(read_columns(pl.DataFrame({"sales": VALUES})), Columns(None, (), "sale"))


def test_an_index_of_times_is_a_column_too() -> None:
    index = pd.date_range("2024-01-01", periods=20, freq="D")
    table = read_columns(pd.DataFrame({"v": range(20)}, index=index))
    assert len(infer(table, id=None, time=None, target="v")[0].time) == 1


@pytest.mark.parametrize("data", [{"ds": [1]}, "data.csv", None, pl.DataFrame({"y": []})])
def test_what_is_no_table_with_rows_is_refused(data: Any) -> None:
    with pytest.raises(DataError):
        read_columns(data)


def test_columns_are_restored_from_plain_data() -> None:
    columns = Columns("shop", ("year", "month"), "sales")
    assert Columns.from_json(columns.to_json()) == columns


def test_numbered_series_are_found_in_text_and_numbers_alike() -> None:
    shops = [1] * 10 + [2] * 10
    table = {"day": DAYS[:10] * 2, "sold": VALUES}
    as_numbers, as_text = {**table, "shop": shops}, {**table, "shop": [str(n) for n in shops]}
    assert found(as_numbers) == found(as_text) == Columns("shop", ("day",), "sold")


def test_an_empty_name_of_the_series_takes_all_rows_as_one() -> None:
    assert found({"ds": DAYS[:10] * 2, "v": VALUES}, id="").id is None


def test_parts_of_a_time_are_taken_as_far_as_none_is_absent() -> None:
    table = {"year": [2000 + n for n in range(20)], "day": [1] * 20, "v": VALUES}
    assert found(table, target="v").time == ("year",)


def test_names_that_are_no_text_become_text() -> None:
    assert [*read_columns(pd.DataFrame([[1, 2]]))] == ["0", "1"]


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda: read_columns(None), ("NoneType", "pandas, polars or pyarrow")),
        (lambda: read_columns(pl.LazyFrame({"y": [1]})), ("LazyFrame",)),
        (lambda: read_columns(pl.DataFrame({"y": []})), ("no rows",)),
        (lambda: read_columns(pd.DataFrame([[1, 2]], columns=["a", "a"])), ("twice", "a")),
        (lambda: read_columns(pd.DataFrame({"a": [1]}, index=pd.Index([1], name="a"))), ("a",)),
        (lambda: found({"sales": VALUES}, target="sale"), ("'sale'", "did you mean 'sales'")),
        (lambda: found({"sales": VALUES}, target="x"), ("'x'", "one of sales")),
        (lambda: found({"v": VALUES, "ds": DAYS}, target="v", id="v"), ("two things", "v")),
        (lambda: found({"a": VALUES, "b": VALUES}), ("a, b", "--target a")),
        (lambda: found({"ds": DAYS, "sky": ["sun"] * 20}), ("no column of numbers",)),
        (lambda: found({"from": DAYS, "to": DAYS, "v": VALUES}), ("from, to", "--time from")),
        (lambda: found({"ds": DAYS[:5] * 4, "v": VALUES}), ("Times repeat", "--id", "id=''")),
    ],
)
def test_each_doubt_is_said_on_one_screen(
    assert_helpful: Callable[..., None], act: Callable[[], object], said: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as caught:
        act()
    assert_helpful(caught.value, *said)


HOURS = [f"{hour:02}:00:00" for hour in range(10)]


def test_days_and_clock_times_are_joined_and_no_clock_names_a_series() -> None:
    days = ["2024-03-01"] * 10 + ["2024-03-02"] * 10
    table = {"Date": days, "Time": HOURS * 2, "Temp": VALUES}
    expected = Columns(None, ("Date", "Time"), "Temp")
    assert found(table) == found(table, time="Date") == expected


def test_a_clock_beside_days_that_do_not_repeat_is_passed_over() -> None:
    assert found({"Date": DAYS, "sunrise": HOURS * 2, "v": VALUES}).time == ("Date",)


def test_rows_that_stand_twice_all_through_are_one_series() -> None:
    table = {"ds": DAYS * 2, "v": VALUES * 2}
    assert found(table) == Columns(None, ("ds",), "v")
    shops = {"ds": DAYS[:10] * 2, "shop": ["a"] * 10 + ["b"] * 10, "v": VALUES}
    assert found({name: cells * 2 for name, cells in shops.items()}).id == "shop"


def test_an_answer_about_repeated_times_is_kept_with_the_columns() -> None:
    table = {"ds": DAYS[:10] * 2, "v": VALUES}
    read, single = read_columns(pl.DataFrame(table)), Columns(None, ("ds",), "v")
    answered = found(table, id="")
    check_one_series(read, Columns.from_json(answered.to_json()))
    check_one_series(read_columns(pl.DataFrame({"ds": DAYS * 2, "v": VALUES * 2})), single)
    with pytest.raises(DataError, match=r"(?s)several series.*leave the rows of one"):
        check_one_series(read, single)


@pytest.mark.parametrize("name", ["date", "日期", "时间", "月份", "Month", "order_date"])
def test_text_under_the_name_of_a_time_must_be_times(name: str) -> None:
    with pytest.raises(DataError, match=f"'{name}' holds 'day one' in row 1 "):
        found({name: ["day one", "day two"] * 10, "shop": ["a", "b"] * 10, "v": VALUES})


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"门店": ["a", "b"] * 10, "v": VALUES}, ("门店", "2 of them", "'a'", "--id", "id=''")),
        ({"ds": DAYS, "v": ["$1.5", "$2"] * 10}, ("v holds", "'$1.5'", "as 1.5")),
        ({"ds": DAYS, "v": ["12.1%"] * 20}, ("'12.1%'", "as 12.1")),
        ({"ds": DAYS, "v": ["1\N{NO-BREAK SPACE}213"] * 20}, ("as 1213",)),
    ],
)
def test_what_a_stranger_brings_is_answered_with_a_cell(
    assert_helpful: Callable[..., None], table: dict[str, Any], said: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as caught:
        found(table)
    assert_helpful(caught.value, *said)


def test_names_without_times_may_be_declared_one_series() -> None:
    assert found({"sky": ["sun", "rain"] * 10, "v": VALUES}, id="").time == ()


def test_no_far_fetched_name_is_proposed() -> None:
    with pytest.raises(DataError) as caught:
        check_columns(
            read_columns(pl.DataFrame({"passengers": VALUES})), Columns(None, (), "sales")
        )
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("names", [[1, "1"], ["a", "a "], ["x", " x"]])
def test_names_that_read_as_one_are_refused_and_not_averaged(assert_helpful, names):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"unique_id": pandas.Series(names * 4, dtype=object), "ds": [*range(8)], "y": [1.0] * 8}
    )
    with pytest.raises(DataError) as caught:
        check_names(frame, "unique_id")
    assert_helpful(caught.value, repr(names[0]), repr(names[1]), "read as one name")
    check_names(frame.assign(unique_id=["a", "b"] * 4), "unique_id")
    check_names(frame.assign(unique_id=[1, 2] * 4), "unique_id")
