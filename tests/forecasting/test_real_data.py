"""Files as they are found in the world, read with no preparation."""

import os
from pathlib import Path

import numpy as np
import pytest

from recurra.errors import DataError
from recurra.forecasting import season
from recurra.forecasting.files import read_table
from recurra.forecasting.panel import Panel

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"
CLASSIC = "classic_univariate"


def table(name: str) -> Path:
    path = Path(os.environ.get("RECURRA_DATA", BESIDE)) / "forecasting" / name
    if not path.exists():
        pytest.skip(f"{path} is absent: name the folder of data with RECURRA_DATA")
    return path


@pytest.mark.parametrize(
    ("name", "target", "frequency", "grid", "ahead"),
    [
        (f"{CLASSIC}/airline-passengers.csv", "Passengers", "1 month", (144, 0), "1961-01"),
        (f"{CLASSIC}/ausbeer.csv", "Y", "3 month", (211, 0), "2008-10-01"),
        (f"{CLASSIC}/daily-min-temperatures.csv.gz", "Temp", "1 day", (3652, 2), "1991-01-01"),
        (f"{CLASSIC}/daily-total-female-births.csv", "Births", "1 day", (365, 0), "1960-01-01"),
        (f"{CLASSIC}/heart_rate.csv", "Heart rate", "1 step", (1800, 0), 1800),
        (f"{CLASSIC}/monthly-sunspots.csv.gz", "Sunspots", "1 month", (2820, 0), "1984-01"),
        (f"{CLASSIC}/monthly_champagne_sales.csv", "Sales", "1 month", (105, 0), "1972-10"),
        (
            f"{CLASSIC}/taxi_new_york_passengers.csv.gz",
            *("#Passengers", "30 minute", (10320, 0), "2015-02-01 00:00:00"),
        ),
        (f"{CLASSIC}/taylor.csv", "Y", "1 step", (4032, 0), 4032),
        ("pjm_load/AEP_hourly.csv.gz", "AEP_MW", "1 hour", (121296, 27), "03-08-2018 01:00"),
    ],
)
def test_a_file_needs_no_preparation(
    name: str, target: str, frequency: str, grid: tuple[int, int], ahead: object
) -> None:
    panel = Panel.from_frame(read_table(table(name)))
    (one,) = panel.series
    assert (one.id, panel.frequency.code) == (target, frequency)
    assert (len(one.values), int((~one.observed).sum())) == grid
    next_time = panel.frequency.times(one.origin, np.array([len(one.values)]))
    assert panel.style.render(next_time).to_list() == [ahead]


def test_shampoo_counts_years_from_1() -> None:
    panel = Panel.from_frame(read_table(table(f"{CLASSIC}/shampoo.csv")))
    assert (panel.frequency.code, len(panel.series[0].values)) == ("1 month", 36)
    assert panel.series[0].observed.all()


def test_gasoline_runs_from_new_to_old_with_the_month_first() -> None:
    panel = Panel.from_frame(read_table(table(f"{CLASSIC}/us_gasoline.csv")))
    (one,) = panel.series
    assert (panel.frequency.code, len(one.values)) == ("1 week", 1578)
    assert str(one.origin)[:10] == "1991-02-08"
    assert one.values[[0, -1]].tolist() == [6621, 8864]


def test_load_comes_sorted_and_its_repeated_hours_averaged() -> None:
    notes = " ".join(Panel.from_frame(read_table(table("pjm_load/AEP_hourly.csv.gz"))).notes)
    assert "sorted" in notes
    assert "4 times that stood more than once" in notes
    assert "27 missing times" in notes


def test_stocks_are_five_series_of_business_days() -> None:
    frame = read_table(table("stocks/stocks_daily_ohlcv_5tickers.csv.gz"))
    panel = Panel.from_frame(frame, target="Close")
    assert (panel.columns.id, panel.frequency.code) == ("Ticker", "1 business day")
    assert sorted(one.id for one in panel.series) == ["AAPL", "FB", "GOOG", "IBM", "MSFT"]
    assert sum(int(one.observed.sum()) for one in panel.series) == len(frame)
    assert all(season.infer(one.values, panel.frequency)[0] == 1 for one in panel.series)


def test_pollution_has_its_time_in_parts_and_gaps() -> None:
    frame = read_table(table("beijing_pm25/pollution.csv.gz"))
    panel = Panel.from_frame(frame, target="pm2.5")
    (one,) = panel.series
    assert panel.columns.time == ("year", "month", "day", "hour")
    assert (panel.frequency.code, str(one.origin)[:13]) == ("1 hour", "2010-01-02T00")
    assert len(one.values) == 43_800
    assert int(one.observed.sum()) == frame["pm2.5"].drop_nulls().len()


@pytest.mark.parametrize(
    ("name", "frequency"),
    [("ett/ETTh1.csv.gz", "1 hour"), ("ili/national_illness.csv.gz", "1 week")],
)
def test_of_many_columns_one_must_be_named(name: str, frequency: str) -> None:
    frame = read_table(table(name))
    with pytest.raises(DataError, match="--target"):
        Panel.from_frame(frame)
    panel = Panel.from_frame(frame, target="OT")
    assert panel.frequency.code == frequency
    assert panel.series[0].observed.all()


def test_a_table_without_names_is_refused() -> None:
    with pytest.raises(DataError, match="a header row"):
        read_table(table("exchange_rate/exchange_rate.txt.gz"))


@pytest.mark.parametrize(
    ("name", "seasons"),
    [
        ("airline-passengers.csv", {12}),
        ("ausbeer.csv", {4}),
        ("daily-min-temperatures.csv.gz", {365}),
        ("monthly_champagne_sales.csv", {12}),
        ("taylor.csv", {48, 336}),
        ("taxi_new_york_passengers.csv.gz", {48, 336}),
        ("us_gasoline.csv", {52}),
    ],
)
def test_the_season_is_the_known_one(name: str, seasons: set[int]) -> None:
    panel = Panel.from_frame(read_table(table(f"{CLASSIC}/{name}")))
    values = panel.series[0].values
    assert season.infer(values[: len(values) * 8 // 10], panel.frequency)[0] in seasons


@pytest.mark.parametrize(
    ("name", "target"), [("beijing_pm25/pollution.csv.gz", "pm2.5"), ("ett/ETTh1.csv.gz", "OT")]
)
def test_a_day_is_found_under_slow_changes(name: str, target: str) -> None:
    panel = Panel.from_frame(read_table(table(name)), target=target)
    assert season.infer(panel.series[0].values, panel.frequency)[0] == 24
