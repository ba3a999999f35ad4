"""Columns whose values repeat: what is told of their runs is what is true of their rows."""

from __future__ import annotations

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from recurra.tables.repeats import all_match, kinds, numbered, share

CELLS = st.lists(st.sampled_from(["a", "b", "12", "", None]), min_size=1, max_size=12)
TEXT = st.lists(st.sampled_from(["a", "b", "12", ""]), min_size=1, max_size=12)


def column(cells: list[str | None]) -> pl.Series:
    return pl.Series("name", cells, dtype=pl.String)


@given(CELLS)
def test_the_kinds_are_the_different_cells_in_their_first_order(cells: list[str | None]) -> None:
    assert kinds(column(cells)).to_list() == [*dict.fromkeys(cells)]


@given(CELLS)
def test_numbers_lead_back_to_the_cells(cells: list[str | None]) -> None:
    different, numbers = numbered(column(cells))
    assert different.to_list() == [*dict.fromkeys(one for one in cells if one is not None)]
    assert [None if n < 0 else different[n] for n in numbers.tolist()] == cells


@given(TEXT)
def test_the_share_counts_every_row(cells: list[str]) -> None:
    expected = sum(bool(re.search(r"\d", one)) for one in cells) / len(cells)
    assert share(column([*cells]), r"\d") == expected


@given(CELLS)
def test_all_match_where_each_cell_that_is_there_does(cells: list[str | None]) -> None:
    expected = all(re.search(r"\d", one) for one in cells if one is not None)
    assert all_match(column(cells), r"\d") == expected


def test_an_empty_column_has_no_kinds() -> None:
    different, numbers = numbered(column([]))
    assert (len(kinds(column([]))), len(different), len(numbers)) == (0, 0, 0)


def test_numbers_and_truth_values_are_numbered_too() -> None:
    different, numbers = numbered(pl.Series("id", [7, 7, 3, 7]))
    assert different.to_list() == [7, 3]
    assert numbers.tolist() == [0, 0, 1, 0]
