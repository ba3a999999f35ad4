"""A static column says one thing of a series, or says where it does not."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.errors import DataError
from recurra.forecasting.covariates import Covariates, Roles
from recurra.forecasting.covariates.placing import GridRows
from recurra.forecasting.covariates.static import one_each

CELLS = st.lists(st.lists(st.sampled_from([-1, 0, 1]), max_size=6), min_size=1, max_size=6)


@given(CELLS)
def test_each_series_has_its_first_value_unless_it_changes(cells):
    flat = np.array([cell for series in cells for cell in series], np.int32)
    whose = np.repeat(np.arange(len(cells)), [len(series) for series in cells])
    found = GridRows(np.arange(len(flat)), whose, whose)
    column, ids = pl.Series("c", flat), [str(number) for number in range(len(cells))]
    changing = [number for number, series in enumerate(cells) if len({*series} - {-1}) > 1]
    if changing:
        with pytest.raises(DataError, match=f"within the series '{changing[0]}'"):
            one_each(column, flat, found, ids)
        return
    chosen = one_each(column, flat, found, ids)
    expected = [next((cell for cell in series if cell >= 0), -1) for series in cells]
    np.testing.assert_array_equal(np.where(chosen >= 0, flat[chosen], -1) if len(flat) else
                                  chosen, expected)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "island"), ("size", 7.0)],
)
def test_a_change_names_series_values_and_rows(shops, learn, assert_helpful, name, value):
    frame = shops({"a": 20, "b": 20})
    changed = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 12).then(pl.lit(value)).otherwise(name).alias(name)
    )
    with pytest.raises(DataError) as error:
        learn(changed)
    first = f"{frame[name][0]!r} in row 1 (line"
    other = f"{value!r} in row 13"
    assert_helpful(error.value, f"'{name}' changes within the series 'a'", first, other, "future=")


def test_numbers_that_name_things_are_codes_if_asked(shops, learn):
    roles = Roles(static=["size"], categorical=["size"])
    covariates = learn(shops({"a": 20, "b": 20}), roles=roles)
    assert covariates.static.codes.tolist() == [[1], [2]]
    assert covariates.static.values.shape == (2, 0)
    assert covariates.encoding.sizes.static_codes == {"size": 3}


def test_gaps_are_filled_by_other_rows_of_the_series_and_else_masked(shops, learn):
    frame = shops({"a": 20, "b": 20, "c": 20})
    seldom = frame.with_columns(
        size=pl.when((pl.col("shop") != "b") & (pl.int_range(pl.len()) % 20 == 9)).then("size"),
        kind=pl.when(pl.col("shop") != "b").then("kind"),
    )
    covariates = learn(seldom)
    assert covariates.static.seen.tolist() == [[True], [False], [True]]
    assert covariates.static.values.tolist() == [[-1], [0], [1]]
    assert covariates.static.coded.tolist() == [[True], [False], [True]]
    assert covariates.static.codes.tolist() == [[1], [2], [1]]
    assert any("size is missing at 1 of 3 series: masked" in note for note in covariates.notes)


def test_a_series_that_nothing_is_learned_from_adds_no_category(shops, read):
    roles = Roles(static=["kind", "size"])
    panel = read(shops({"a": 20, "b": 20}), roles)
    covariates = Covariates.learn(panel, roles, np.array([15, 0]), 2)
    assert covariates.static.codes.tolist() == [[1], [0]]
    assert covariates.encoding.scales["size"].mean == 100
    assert any("kind is 'city' in row 21" in note for note in covariates.notes)
