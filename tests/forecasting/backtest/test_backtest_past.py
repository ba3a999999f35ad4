"""What is cut off is not in the table that a forecaster gets."""

import datetime

import numpy as np
import polars as pl
import pytest

from recurra.forecasting.backtest.past import Past
from recurra.forecasting.panel import Panel


def past_of(frame, **columns):
    return Past.of(frame, Panel.from_frame(frame, **columns))


def test_a_cut_keeps_the_first_rows_of_each_series_and_drops_a_series_of_none(numbered):
    past = past_of(numbered(a=5, b=7, c=6))
    cut = past.until(np.array([3, 0, 2]))
    assert cut.rows() == [("a", 0, 0.0), ("a", 1, 1.0), ("a", 2, 2.0), ("c", 0, 0.0), ("c", 1, 1.0)]


def test_covariates_keep_their_rows_however_the_table_was_sorted(numbered):
    frame = numbered(a=9, b=8).with_columns(x=pl.col("y") * 10, word=pl.col("y").cast(pl.String))
    shuffled = frame.sample(fraction=1, shuffle=True, seed=1)
    past = past_of(shuffled, target="y")
    assert past.covariates == ["x", "word"]
    cut = past.until(np.array([9, 8]))
    assert cut["x"].to_list() == (cut["y"] * 10).to_list()
    assert cut["word"].to_list() == cut["y"].cast(pl.String).to_list()


def test_a_missing_row_is_there_with_its_time_and_nothing_in_it(numbered):
    frame = numbered(a=20).with_columns(x=pl.col("y") * 10).filter(pl.col("ds") != 4)
    cut = past_of(frame, target="y").until(np.array([20]))
    assert cut["ds"].to_list() == list(range(20))
    assert np.isnan(cut["y"][4])
    assert cut["x"][4] is None
    assert cut["x"][5] == 50


def test_of_rows_at_one_time_values_are_averaged_and_the_first_covariate_stays(numbered):
    frame = numbered(a=30).with_columns(x=pl.col("y") * 10)
    again = pl.DataFrame({"unique_id": ["a"], "ds": [7], "y": [9.0], "x": [-1.0]})
    cut = past_of(pl.concat([frame, again]), target="y").until(np.array([30]))
    assert (cut["y"][7], cut["x"][7]) == (8.0, 70.0)


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow"])
def test_the_kind_of_frame_that_came_in_goes_on(numbered, kind):
    frame = numbered(a=8).with_columns(word=pl.lit("w"))
    given = {"polars": frame, "pandas": frame.to_pandas(), "pyarrow": frame.to_arrow()}[kind]
    cut = past_of(given, target="y").until(np.array([3]))
    assert type(cut) is type(given)
    assert len(cut) == 3


def test_without_a_name_or_times_columns_are_made_that_clash_with_none():
    frame = pl.DataFrame({"sold": np.arange(9.0), "unique_id_": range(9), "note": ["x"] * 9})
    past = past_of(frame, target="sold", time="", id="")
    assert (past.id, past.time, past.target) == ("unique_id", "ds", "sold")
    assert past.until(np.array([2])).select("unique_id", "ds").rows() == [("sold", 0), ("sold", 1)]
    clashing = pl.DataFrame({"ds": np.arange(9.0), "word": ["x"] * 9})
    assert past_of(clashing, target="ds", time="", id="").time == "ds_"


def test_parts_of_times_become_one_column():
    frame = pl.DataFrame({"year": [2020] * 9, "month": range(1, 10), "y": np.arange(9.0)})
    cut = past_of(frame).until(np.array([2]))
    assert cut["ds"].to_list() == [datetime.datetime(2020, 1, 1), datetime.datetime(2020, 2, 1)]


def test_a_named_time_zone_goes_on_with_the_times():
    hours = pl.datetime_range(
        pl.datetime(2024, 3, 30), pl.datetime(2024, 4, 1), "1h", time_zone="Europe/Berlin",
        eager=True,
    )  # fmt: skip
    frame = pl.DataFrame({"ds": hours, "y": np.arange(len(hours)) * 1.0})
    past = past_of(frame)
    assert past.table["ds"].dtype.time_zone == "Europe/Berlin"
    assert past.table["ds"].to_list() == hours.to_list()


def test_what_is_known_ahead_are_the_rows_after_the_cut(numbered):
    past = past_of(numbered(a=9, b=8).with_columns(price=pl.col("y") * 10), target="y")
    ahead = past.ahead(np.array([3, 0]), 2, ["price"])
    assert ahead.rows() == [("a", 3, 30.0), ("a", 4, 40.0)]
