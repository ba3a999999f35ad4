"""Cells are numbers or categories, whoever made the frame."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest

from recurra.errors import DataError
from recurra.forecasting.covariates.cells import (
    Categories,
    is_categorical,
    read_numbers,
    read_numbers_as,
)


@pytest.mark.parametrize(
    ("cells", "texts"),
    [
        ([3, 1, None, 3], ("3", "1")),
        ([3.0, 1.0, None, 3.0], ("3", "1")),
        ([3.0, 1.0, float("nan"), 3.0], ("3", "1")),
        (["3", "1", None, "3"], ("3", "1")),
        ([True, False, None, True], ("true", "false")),
        (["TRUE", "False", None, "True"], ("true", "false")),
        ([0.5, 1.0, None, 0.5], ("0.5", "1.0")),
    ],
)
def test_a_category_is_written_one_way_in_every_type(cells: list[Any], texts: tuple[str, ...]):
    found = Categories.of(pl.Series("c", cells))
    assert found.texts == texts
    expected = [0, 1, -1, 0]
    assert found.codes.tolist() == expected


def test_texts_that_mean_the_same_share_a_code():
    found = Categories.of(pl.Series("c", ["TRUE", "true", "false"]))
    assert (found.texts, found.codes.tolist()) == (("true", "false"), [0, 0, 1])


@pytest.mark.parametrize(
    ("cells", "asked", "categorical"),
    [
        (["a", "b"], False, True),
        ([True, False], False, True),
        ([1, 2], False, False),
        ([1, 2], True, True),
        (["1.5", "2"], False, False),
        (["1.5", "2"], True, True),
        (["$1", "$2"], True, True),
    ],
)
def test_text_and_truth_values_are_categories_and_numbers_only_if_asked(
    cells: list[Any], asked: bool, categorical: bool
):
    assert is_categorical(pl.Series("c", cells), asked) is categorical


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ([None, None], "empty in all 2 rows"),
        ([dt.date(2024, 1, 1)], "holds times"),
        (["$1", "$2", "$3"], "numbers with signs, such as '$1'"),
        ([[1], [2]], "values of type"),
    ],
)
def test_columns_that_are_neither_are_refused(assert_helpful, cells: list[Any], said: str):
    with pytest.raises(DataError) as error:
        is_categorical(pl.Series("c", cells), False)
    assert_helpful(error.value, "'c'", said)


def test_text_in_a_column_of_numbers_names_the_cell(assert_helpful):
    with pytest.raises(DataError) as error:
        read_numbers(pl.Series("c", ["1", "2", "x", "4", "5", "6"]))
    assert_helpful(error.value, "'x' in row 3", "categorical=")
    assert "target" not in str(error.value)


def test_few_later_rows_are_read_in_the_way_of_writing_that_was_learned():
    values, style, notes = read_numbers(pl.Series("c", ["1,5", "0,25", "12,125"]))
    np.testing.assert_array_equal(values, [1.5, 0.25, 12.125])
    assert len(notes) == 1
    # Alone it would be a thousand and a half.
    assert read_numbers_as(pl.Series("c", ["1,500"]), style).tolist() == [1.5]
    with pytest.raises(DataError, match=r"'1\.5' in row 1"):
        read_numbers_as(pl.Series("c", ["1.5"]), style)


@pytest.mark.parametrize("column", [pl.Series("c", ["x"]), pl.Series("c", [dt.date(2024, 1, 1)])])
def test_later_cells_that_are_no_numbers_are_refused(assert_helpful, column: pl.Series):
    with pytest.raises(DataError) as error:
        read_numbers_as(column, None)
    assert_helpful(error.value, "'c'", "row 1")


def test_a_later_column_of_nothing_is_missing_throughout():
    assert np.isnan(read_numbers_as(pl.Series("c", [None, None]), None)).all()
