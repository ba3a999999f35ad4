"""Repairs are counted and said; what cannot be repaired is said on one screen."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra.errors import DataError
from recurra.forecasting.files import read_table
from recurra.forecasting.panel import Panel

DAYS = [f"2024-01-{day:02}" for day in range(1, 31)]
VALUES = np.random.default_rng(0).normal(size=30).round(3).tolist()
TWO = pl.DataFrame(
    {"shop": [1] * 30 + [2] * 30, "date": DAYS * 2, "sold": [*VALUES, *VALUES[::-1]]}
)


def test_text_and_typed_columns_give_the_same_panel(tmp_path: Path) -> None:
    frame = TWO.with_columns(pl.col("date").str.to_date())
    frame.write_csv(tmp_path / "a.csv")
    frame.write_parquet(tmp_path / "a.parquet")
    text, typed = (Panel.from_frame(read_table(tmp_path / name)) for name in ("a.csv", "a.parquet"))
    assert text.columns == typed.columns
    assert text.frequency == typed.frequency
    assert [one.id for one in text.series] == [one.id for one in typed.series] == ["1", "2"]
    for one, other in zip(text.series, typed.series, strict=True):
        assert one.origin == other.origin
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize(
    ("times", "values", "note"),
    [
        (["2024-01-02", "2024-01-01", "2024-01-03"], [1, 2, 3], "back in time in 1 place: sorted"),
        (["2024-01-01", "2024-01-02", None, "2024-01-03"], [1, 2, 3, 4], "1 row without a time"),
        ([1, 2, None, 3], [1, 2, 3, 4], "1 row without a time"),
        ([1, 2, 3, 4], [1, float("inf"), 3, 4], "1 infinite value taken as missing"),
        ([1, 2, 3, 4], [1, None, 3, 4], "1 missing value filled with the value before"),
        ([1, 2, 3, 4, 5], [None, 1, 2, 3, None], "2 missing values before the first or after"),
        ([1, 2, 4, 5], [1, 2, 4, 5], "1 missing time filled with the value before"),
        ([1, 2, 2, 3], [1, 2, 4, 5], "1 time that stood more than once: averaged"),
        (
            [f"2024-01-01 {hour:02}:{'01' if hour == 5 else '00'}" for hour in range(24)],
            [*range(24)],
            "1 time beside the grid: moved",
        ),
        ([1, 2, 3], ["1,5", "2,5", "3,5"], "decimal comma"),
        ([1, 2, 3], [7, 7, 7], "constant (7)"),
    ],
)
def test_each_repair_is_counted_and_said(times: list[Any], values: list[Any], note: str) -> None:
    frame = pl.DataFrame({"ds": times, "y": values}, strict=False)
    notes = Panel.from_frame(frame, id="", time="ds", target="y").notes
    assert sum(note in said for said in notes) == 1, notes


def test_nothing_is_said_of_repairs_where_none_was_needed() -> None:
    said = [note.split(":")[0] for note in Panel.from_frame(TWO).notes]
    assert said == ["time column", "series column", "target column", "frequency"]


def test_a_series_without_a_value_is_left_out_and_said() -> None:
    emptied = pl.when(pl.col("shop") == 2).then(None).otherwise(pl.col("sold"))
    panel = Panel.from_frame(TWO.with_columns(sold=emptied), id="shop")
    assert [one.id for one in panel.series] == ["1"]
    assert "1 series without a value: left out" in panel.notes


def test_rows_of_interleaved_series_are_out_of_order_only_if_one_goes_back() -> None:
    frame = TWO.sort("date", maintain_order=True)
    assert not any("back in time" in note for note in Panel.from_frame(frame).notes)
    assert any("in 58 places" in note for note in Panel.from_frame(frame.reverse()).notes)


def test_times_that_all_stand_thrice_do_not_hide_the_step() -> None:
    panel = Panel.from_frame(pl.concat([TWO] * 3), id="shop")
    assert panel.frequency.code == "1 day"
    np.testing.assert_allclose(panel.series[0].values, VALUES)


def test_numbers_in_steps_below_zero_have_a_grid() -> None:
    panel = Panel.from_frame(pl.DataFrame({"t": [-20, -30, -10, 10], "y": [2.0, 1.0, 3.0, 5.0]}))
    assert panel.frequency.code == "10 step"
    assert panel.series[0].origin == -30
    np.testing.assert_allclose(panel.series[0].values, [1, 2, 3, 3, 5])


def test_months_whose_first_is_short_keep_the_days_of_their_grid_apart() -> None:
    days = ["2023-02-28", *(f"2023-{month:02}-30" for month in range(3, 13))]
    panel = Panel.from_frame(pl.DataFrame({"ds": days, "y": VALUES[:11]}))
    assert str(panel.series[0].origin)[:10] == "2023-02-28"
    assert panel.series[0].observed.all()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        ({"ds": [1, 2], "y": [1, 2]}, ("'y' has 2 points", "at least 3")),
        ({"ds": [1, 2, 3], "y": [None, float("nan"), None]}, ("'y' has no finite value",)),
        ({"ds": [1, 2], "y": [float("inf")] * 2}, ("2 are infinite",)),
        ({"ds": [1, 2, 3], "y": ["1", "2", "x"]}, ("'x' in row 3",)),
        ({"ds": [*range(50), 900], "y": [1.0] * 51}, ("more than half", "(steps)")),
        ({"ds": [1, 1, 1], "y": [1, 2, 3]}, ("Times repeat", "id=''")),
        ({"year": [2024], "month": [2], "day": [31], "y": [1]}, ("year, month, day",)),
        ({"ds": [None, 2], "unique_id": ["a", None], "y": [1, 2]}, ("None of the 2 rows",)),
    ],
)
def test_what_cannot_be_repaired_is_said_on_one_screen(
    assert_helpful: Callable[..., None], frame: dict[str, Any], said: tuple[str, ...]
) -> None:
    time = {"time": "ds"} if "ds" in frame else {}
    with pytest.raises(DataError) as caught:
        Panel.from_frame(pl.DataFrame(frame, strict=False), target="y", **time)
    assert_helpful(caught.value, *said)


def test_points_beside_german_dates_are_refused_where_they_may_mark_thousands(
    assert_helpful: Callable[..., None],
) -> None:
    sales = ["1.213", "1.390", "1.402"]
    german = [f"0{day}.01.2023" for day in (2, 3, 4)]
    with pytest.raises(DataError) as caught:
        Panel.from_frame(pl.DataFrame({"Datum": german, "Umsatz": sales}))
    assert_helpful(caught.value, "'Umsatz'", "1.213,0")
    notes = Panel.from_frame(pl.DataFrame({"ds": DAYS[:3], "y": sales})).notes
    assert any("decimal point" in note for note in notes)


def test_days_and_clock_times_make_one_series_by_the_hour() -> None:
    days = [f"2024-03-0{day}" for day in (1, 2) for _ in range(24)]
    clock = [f"{hour:02}:00:00" for hour in range(24)] * 2
    panel = Panel.from_frame(pl.DataFrame({"Date": days, "Time": clock, "Temp": range(48)}))
    assert (len(panel.series), panel.frequency.code) == (1, "1 hour")
    np.testing.assert_array_equal(panel.series[0].values, np.arange(48))


def test_shops_with_chinese_dates_are_kept_apart() -> None:
    days = [f"2023年01月{day:02}日" for day in range(1, 11)] * 2
    shops = ["北京"] * 10 + ["上海"] * 10
    panel = Panel.from_frame(pl.DataFrame({"日期": days, "门店": shops, "销量": VALUES[:20]}))
    assert [one.id for one in panel.series] == ["北京", "上海"]


def test_text_that_is_no_time_is_named_by_its_cell(assert_helpful: Callable[..., None]) -> None:
    with pytest.raises(DataError) as caught:
        Panel.from_frame(pl.DataFrame({"日期": ["一", "二", "三"], "y": [1, 2, 3]}))
    assert_helpful(caught.value, "'日期'", "'一'", "line 2", "2 more cells")
