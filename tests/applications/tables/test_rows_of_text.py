"""Rows of cells, from whatever is called a table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recurra.applications.tables import read_rows
from recurra.errors import DataError


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", 'so "good", really\t1\n\nbad\t0\n'),
        ("a.txt", 'so "good", really\t1\nbad\t0'),
        ("a.csv", '"so ""good"", really",1\r\nbad,0\r\n'),
        ("b.csv", 'so "good", really;1\nbad;0\n'),
        ("c.csv", '\ufeffso "good", really|1\nbad|0\n'),
    ],
)
def test_the_same_rows_come_out_however_they_are_written(
    tmp_path: Path, name: str, content: str
) -> None:
    rows = [['so "good", really', "1"], ["bad", "0"]]
    assert read_rows(write(tmp_path, name, content)) == rows
    packed = write(tmp_path, name + ".gz", gzip.compress(content.encode()))
    assert read_rows(packed) == rows


def test_a_cell_may_be_as_long_as_it_is(tmp_path: Path) -> None:
    long = "word " * 100_000
    rows = read_rows(write(tmp_path, "a.csv", f'"{long}",1\nshort,0\n'))
    assert rows[0][0] == long.strip()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "  \n\n", "is empty"),
        ("a.tsv", "one\t1\ntwo\ntwo\t0\nthree\t1\n", "Row 2 of"),
        ("a.csv", 'one,1\n"two,0\n', "cannot be cut into cells"),
        ("a.csv", "één,1\n".encode("latin-1"), "is not UTF-8: line 1 holds the byte 0xe9"),
        ("a.csv", "a,1".encode("utf-16"), "UTF-16"),
        ("a.csv", b"PK\x03\x04abc", "Excel workbook"),
        ("a.csv", b"a\x00b,1", "NUL"),
        ("a.csv.gz", b"plain", "not a sound gzip"),
    ],
)
def test_what_is_no_table_is_refused_in_words(
    tmp_path: Path, name: str, content: str | bytes, said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read_rows(write(tmp_path, name, content))


def test_a_folder_and_a_missing_file_are_refused_with_the_nearest_name(tmp_path: Path) -> None:
    write(tmp_path, "reviews.csv", "a,1")
    with pytest.raises(DataError, match="is a folder"):
        read_rows(tmp_path)
    with pytest.raises(DataError, match=r"did you mean .*reviews\.csv"):
        read_rows(tmp_path / "review.csv")
