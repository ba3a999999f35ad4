"""Series from tables, arrays and folders."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.series import Names, read_series
from recurra.errors import DataError, OptionError

LONG = "id,step,x,y,class\na,1,1,2,up\nb,1,5,6,down\na,0,3,4,up\nb,2,,8,down\n"


@pytest.fixture
def table(tmp_path: Path):
    def write(content: str, name: str = "a.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(content)
        return path

    return write


def test_rows_of_a_series_belong_together_in_the_order_of_their_times(table) -> None:
    found = read_series(table(LONG))
    assert found.names == ["a", "b"]
    assert found.labels == ["up", "down"]
    assert found.channels == ("x", "y")
    assert found.series[0].tolist() == [[3, 4], [1, 2]]
    assert np.array_equal(found.series[1], [[5, 6], [np.nan, 8]], equal_nan=True)
    notes = " ".join(found.notes)
    assert "series in 'id', times in 'step', classes in 'class', values in 'x', 'y'" in notes
    assert "1 series did not stand in the order of their times" in notes


@given(st.permutations(range(12)))
def test_the_order_of_rows_says_nothing_where_there_are_times(order: list[int]) -> None:
    rows = [f"s{n % 3},{n // 3 + 8},{n},a" for n in range(12)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_text("id,time,v,class\n" + "\n".join(rows[n] for n in order) + "\n")
        found = read_series(path)
    by_name = dict(zip(found.names, found.series, strict=True))
    for n in range(3):
        # Times from 8 to 11 are numbers: as text 10 would stand before 8.
        assert by_name[f"s{n}"].ravel().tolist() == [n, n + 3, n + 6, n + 9]


def test_named_columns_are_taken_and_groups_read(table) -> None:
    path = table("a,b,c,d,who\n1,x,5,8,ann\n1,x,4,9,ann\n2,y,7,0,bob\n")
    found = read_series(path, Names(series="a", label="b", time="c", group="who"))
    assert found.labels == ["x", "y"]
    assert found.groups == ["ann", "bob"]
    assert found.channels == ("d",)
    assert found.series[0].ravel().tolist() == [9, 8]
    with pytest.raises(DataError, match="no column 'z'"):
        read_series(path, Names(series="z"))


def test_a_table_without_ids_is_one_series(table) -> None:
    found = read_series(table("x,y\n1,2\n3,4\n"))
    assert [one.tolist() for one in found.series] == [[[1, 2], [3, 4]]]
    assert found.labels == []
    assert "all rows are one series" in found.notes[0]


def test_a_series_a_row_is_read_with_its_class_in_any_column(table) -> None:
    found = read_series(table("47,100,27,81,0001\n0,89,,,0010\n", "p.tra"), Names(wide=2))
    assert found.labels == ["0001", "0010"]
    assert [one.tolist() for one in found.series] == [[[47, 100], [27, 81]], [[0, 89]]]
    first = read_series(table("up,1,2\ndown,3,4\n"), Names(wide=1, label="1"))
    assert first.labels == ["up", "down"]
    named = read_series(table("a,b,kind\n1,2,up\n3,4,down\n"), Names(wide=1, label="kind"))
    assert named.labels == ["up", "down"]


@pytest.mark.parametrize(
    ("content", "names", "error", "said"),
    [
        ("", {}, DataError, "is empty"),
        ("id,x,class\n", {}, DataError, "nothing below"),
        ("1,2,3\n4,5,6\n", {}, DataError, "--wide CHANNELS"),
        ("id,time,class\na,1,up\n", {}, DataError, "none of them of values"),
        ("id,x,class\na,1,up\na,two,up\n", {}, DataError, "Row 3 of .* holds 'two'"),
        ("id,x,class\na,1,up\na,2,down\n", {}, DataError, "more than one class: 'down' and 'up'"),
        ("1,2,3,u\n", {"wide": 2}, DataError, "3 columns of values"),
        ("1,2,u\n", {"wide": 0}, OptionError, "--wide"),
        ("1,2,u\n", {"wide": 1, "label": "9"}, DataError, "a number from 1 to 3"),
        ("a,b,class\n", {"wide": 1}, DataError, "holds 'a' where a number belongs"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_in_words(
    table, content: str, names: dict, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        read_series(table(content), Names(**names))


def test_arrays_padded_joined_and_of_joints_are_read(tmp_path: Path) -> None:
    path, x = tmp_path / "a.npz", np.arange(12.0).reshape(2, 3, 2)
    np.savez(path, x=x, y=["u", "d"], lengths=[2, 3], groups=[1, 2], channels=["l", "r"])
    found = read_series(path)
    assert [one.tolist() for one in found.series] == [x[0, :2].tolist(), x[1].tolist()]
    assert (found.labels, found.groups) == (["u", "d"], ["1", "2"])
    assert found.channels == ("l", "r")
    np.savez(path, x=x.reshape(6, 2), lengths=[1, 5])
    assert [len(one) for one in read_series(path).series] == [1, 5]
    np.savez(path, x=np.zeros((4, 5, 2, 3)))
    assert read_series(path).series[0].shape == (5, 6)


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"z": np.zeros(3)}, "and no x"),
        ({"x": np.zeros(3)}, r"shape \(3,\)"),
        ({"x": np.array(["a", "b"])}, "the type <U1"),
        ({"x": np.zeros((2, 3, 1)), "y": ["u"]}, "2 series and 1 y"),
        ({"x": np.zeros((6, 2)), "lengths": [1, 2]}, "lengths add up to 3"),
        ({"x": np.zeros((2, 3, 2)), "channels": ["a"]}, "1 names"),
        ({"x": np.array([None, {}], dtype=object)}, "cannot be read as arrays"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, arrays: dict, said: str) -> None:
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match=said):
        read_series(tmp_path / "a.npz")


def test_what_is_no_archive_of_arrays_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK no archive")
    with pytest.raises(DataError, match="cannot be read as arrays"):
        read_series(tmp_path / "a.npz")


def test_a_folder_of_classes_and_one_of_files_are_read(table, tmp_path: Path) -> None:
    for name in ("up/1.csv", "up/2.csv", "down/3.csv"):
        table("x,y\n1,2\n3,4\n", f"f/{name}")
    found = read_series(tmp_path / "f")
    assert found.labels == ["down", "up", "up"]
    assert found.names == ["3.csv", "1.csv", "2.csv"]
    table(LONG, "g/one.csv")
    table(LONG, "g/two.csv")
    both = read_series(tmp_path / "g")
    assert both.names == ["one.csv: a", "one.csv: b", "two.csv: a", "two.csv: b"]
    assert both.labels == ["up", "down"] * 2
    table("x\n1\n", "f/down/4.csv")
    with pytest.raises(DataError, match=r"4\.csv has 1 channels"):
        read_series(tmp_path / "f")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="holds no file of series"):
        read_series(tmp_path / "empty")


def test_a_table_written_by_another_library_is_read(tmp_path: Path) -> None:
    frame = pl.DataFrame({"id": [1, 1, 2], "v": [0.5, None, 2.0], "label": ["a", "a", "b"]})
    frame.write_csv(tmp_path / "a.csv")
    found = read_series(tmp_path / "a.csv")
    assert np.array_equal(found.series[0], [[0.5], [np.nan]], equal_nan=True)
