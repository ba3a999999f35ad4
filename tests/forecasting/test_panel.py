from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.forecasting.panel import Panel

DAYS = pd.date_range("2024-01-01", periods=40, freq="D")
VALUES = np.random.default_rng(0).normal(size=40).round(3)


def long(**series: Any) -> pl.DataFrame:
    """A long table of daily series; None leaves a day out."""
    rows = [
        (name, str(day.date()), value)
        for name, values in series.items()
        for day, value in zip(DAYS, values, strict=False)
        if value is not None
    ]
    return pl.DataFrame(rows, schema=["unique_id", "ds", "y"], orient="row")


def described(panel: Panel) -> dict[str, Any]:
    """All but the notes and the order of the series."""
    series = {
        one.id: (str(one.origin), one.values.tolist(), one.observed.tolist())
        for one in panel.series
    }
    return {"series": series, "frequency": panel.frequency, "columns": panel.columns}


@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False))
def test_shuffling_the_rows_changes_nothing_but_the_notes(random: Any) -> None:
    frame = long(a=VALUES, b=VALUES[:30] * 5)
    order = list(range(len(frame)))
    random.shuffle(order)
    assert described(Panel.from_frame(frame[order])) == described(Panel.from_frame(frame))


@settings(max_examples=25, deadline=None)
@given(st.sets(st.integers(1, 38), max_size=15))
def test_missing_days_are_filled_as_pandas_does_and_not_observed(gone: set[int]) -> None:
    kept = [day for day in range(40) if day not in gone]
    whole = pd.Series(VALUES, DAYS).iloc[kept].resample("D").asfreq()
    panel = Panel.from_frame(long(a=VALUES)[kept])
    one = panel.series[0]
    np.testing.assert_allclose(one.values, whole.ffill().to_numpy(), atol=1e-12)
    np.testing.assert_array_equal(one.observed, whole.notna().to_numpy())
    assert bool(gone) == any("missing time" in note for note in panel.notes)


@pytest.mark.parametrize("bad", [None, np.nan, np.inf, -np.inf])
def test_a_value_that_is_none_is_filled_inside_and_left_out_at_the_ends(bad: Any) -> None:
    values = VALUES.astype(object)
    values[[0, 1, 20, 39]] = bad
    frame = pl.DataFrame({"ds": DAYS.to_list(), "y": values.tolist()}, strict=False)
    one = Panel.from_frame(frame.cast({"y": pl.Float64})).series[0]
    assert str(one.origin)[:10] == "2024-01-03"
    assert len(one.values) == 37
    assert np.isfinite(one.values).all()
    assert np.flatnonzero(~one.observed).tolist() == [18]
    assert one.values[18] == VALUES[19]


def test_a_time_that_stands_twice_is_averaged_and_said() -> None:
    frame = long(a=VALUES)
    panel = Panel.from_frame(pl.concat([frame, frame[[7]].with_columns(y=pl.col("y") + 4)]))
    assert panel.series[0].values[7] == pytest.approx(VALUES[7] + 2)
    assert any("averaged" in note for note in panel.notes)


def test_a_first_time_beside_the_grid_is_moved_instead_of_all_others() -> None:
    times = DAYS.to_list()
    times[0] += pd.Timedelta("1s")
    one = Panel.from_frame(pl.DataFrame({"ds": times, "y": VALUES})).series[0]
    assert one.origin == np.datetime64("2024-01-01T00:00")


@pytest.mark.parametrize("make", [pl.DataFrame, pd.DataFrame, pa.table])
def test_every_kind_of_frame_gives_the_same_panel(make: Any) -> None:
    data = {"unique_id": ["a"] * 40, "ds": DAYS.to_pydatetime().tolist(), "y": VALUES.tolist()}
    assert described(Panel.from_frame(make(data))) == described(Panel.from_frame(long(a=VALUES)))


def test_a_series_without_a_name_is_called_as_its_column() -> None:
    assert Panel.from_frame(pl.DataFrame({"Passengers": VALUES})).series[0].id == "Passengers"


def test_series_of_unequal_start_keep_their_own_origin() -> None:
    panel = Panel.from_frame(long(a=VALUES, b=[None] * 25 + [*VALUES[25:]]))
    assert [str(one.origin)[:10] for one in panel.series] == ["2024-01-01", "2024-01-26"]
    assert [len(one.values) for one in panel.series] == [40, 15]


def test_short_series_are_left_out_and_said_unless_all_are_short() -> None:
    panel = Panel.from_frame(long(a=VALUES, b=VALUES[:2]), id="unique_id")
    assert [one.id for one in panel.series] == ["a"]
    assert any("fewer than 3" in note for note in panel.notes)
    with pytest.raises(DataError, match="at least 3"):
        Panel.from_frame(long(a=VALUES[:2], b=VALUES[:2]), id="unique_id")


def test_a_constant_series_is_kept_and_said() -> None:
    panel = Panel.from_frame(long(a=[5.0] * 40))
    assert any("constant (5" in note for note in panel.notes)


def test_a_series_of_another_frequency_is_named() -> None:
    weekly = pl.DataFrame(
        {
            "unique_id": ["slow"] * 20,
            "ds": [f"{d.date()}" for d in DAYS[0] + pd.to_timedelta(7 * np.arange(20), "D")],
            "y": VALUES[:20],
        }
    )
    with pytest.raises(DataError, match="slow"):
        Panel.from_frame(pl.concat([long(a=VALUES, b=VALUES), weekly]), id="unique_id")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["NA"] * 40, "y"),
        (["inf"] * 40, "infinite|finite"),
        (["1.5"] * 39 + ["abc"], "'abc' in row 40"),
    ],
)
def test_a_target_that_holds_no_numbers_is_refused(cells: list[str], says: str) -> None:
    frame = pl.DataFrame({"ds": [f"{day.date()}" for day in DAYS], "y": cells})
    with pytest.raises(DataError, match=says):
        Panel.from_frame(frame, target="y")


def test_times_go_on_as_the_user_wrote_them() -> None:
    panel = Panel.from_frame(
        pl.DataFrame({"Month": ["1949-11", "1949-12", "1950-01"], "y": [1, 3, 2]})
    )
    ahead = panel.frequency.times(panel.series[0].origin, np.array([3, 4]))
    assert panel.style.render(ahead).to_list() == ["1950-02", "1950-03"]


def test_rows_in_order_are_numbered_from_0() -> None:
    panel = Panel.from_frame(pl.DataFrame({"y": VALUES}))
    ahead = panel.frequency.times(panel.series[0].origin, np.array([40]))
    assert panel.style.render(ahead).to_list() == [40]


def test_known_columns_are_read_as_the_found_ones() -> None:
    frame = long(a=VALUES, b=VALUES)
    panel = Panel.from_frame(frame)
    assert described(Panel.from_columns(frame, panel.columns)) == described(panel)


def test_several_series_are_not_averaged_into_the_one_that_is_known() -> None:
    one = Panel.from_frame(long(a=VALUES).drop("unique_id"))
    with pytest.raises(DataError, match="several series"):
        Panel.from_columns(long(a=VALUES, b=VALUES + 1), one.columns)


def test_rows_that_stand_twice_are_averaged_and_said() -> None:
    frame = long(a=VALUES).drop("unique_id")
    panel = Panel.from_frame(pl.concat([frame, frame]))
    assert described(panel) == described(Panel.from_frame(frame))
    assert any("40 times that stood more than once: averaged" in note for note in panel.notes)
