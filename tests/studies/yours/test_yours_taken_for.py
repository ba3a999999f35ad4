"""What a file is taken for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from recurra.errors import DataError
from recurra.studies.tasks.yours.taken_for import taken_for

Table = Callable[..., Path]


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("a.mid", "music"),
        ("a.midi.gz", "music"),
        ("a.mat", "music"),
        ("a.ts", "series-class"),
        ("a.ts.gz", "series-class"),
        ("a.npz", "series-class"),
        ("a.txt", "text"),
        ("a.md", "text"),
        ("a.parquet", "forecast"),
    ],
)
def test_the_ending_tells_what_only_it_can_be(tmp_path: Path, name: str, task: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert taken_for(tmp_path / name, {}) == task


@pytest.mark.parametrize(
    ("columns", "task"),
    [
        ({"month": ["2020-01", "2020-02", "2020-03"], "sales": [1, 2, 3]}, "forecast"),
        ({"unique_id": [1, 1, 2], "ds": [1, 2, 1], "y": [1, 2, 3]}, "forecast"),
        ({"when": ["Sat Jan 3 2015 10:00", "Sun Jan 4 2015 10:00"], "n": [1, 2]}, "forecast"),
        # A static column of classes beside a target does not make a table one of classes.
        (
            {
                "unique_id": [1, 1, 2, 2],
                "ds": [1, 2, 1, 2],
                "y": [1, 2, 3, 4],
                "class": list("aabb"),
            },
            "forecast",
        ),
        # A class that changes within a series is no class of it.
        ({"id": [1, 1, 2, 2], "left": [1, 2, 3, 4], "class": list("abab")}, "forecast"),
        ({"id": [1, 1, 2, 2], "left": [1, 2, 3, 4], "class": list("aabb")}, "series-class"),
        ({"text": ["good tea", "bad tea"], "label": [1, 0]}, "sentiment"),
        ({"said": ["the tea was good", "the tea was bad"], "n": [1, 0]}, "sentiment"),
    ],
)
def test_a_table_is_told_by_its_columns(
    table: Table, columns: dict[str, list[object]], task: str
) -> None:
    assert taken_for(table("t.csv", **columns), {}) == task


@pytest.mark.parametrize(
    ("named", "task"),
    [("text", "sentiment"), ("series", "series-class"), ("target", "forecast")],
)
def test_a_column_that_is_named_tells_first(table: Table, named: str, task: str) -> None:
    path = table("t.csv", text=["good tea", "bad tea"], label=[1, 0])
    assert taken_for(path, {named: "text"}) == task


def test_a_folder_is_told_by_what_lies_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.txt").write_text("x")
    assert taken_for(tmp_path, {}) == "text"
    (tmp_path / "deep" / "a.csv").write_text("x")
    assert taken_for(tmp_path, {}) == "series-class"
    (tmp_path / "deep" / "a.mid").write_text("x")
    assert taken_for(tmp_path, {}) == "music"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"PK\x03\x04" + bytes(9), "Excel"), (b"a\x00b,c\n", "NUL")],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        taken_for(tmp_path / "t.csv", {})


def test_a_name_that_is_not_there_is_refused_with_the_nearest(table: Table) -> None:
    path = table("sales.csv", a=[1], b=[2])
    with pytest.raises(DataError, match=r"did you mean .*sales\.csv"):
        taken_for(path.with_name("sale.csv"), {})
