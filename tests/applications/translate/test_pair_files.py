"""Pairs from files: two side by side, or a table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recurra.applications.translate import Pairs, read_lines, read_pairs
from recurra.errors import DataError


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "a.en").write_bytes(b"one\r\n\r\nthree\xe2\x80\xa8still three\x0bstill\n")
    (tmp_path / "a.de.gz").write_bytes(gzip.compress(b"eins\nzwei\ndrei"))
    return tmp_path / "a.en", tmp_path / "a.de.gz"


def test_lines_of_two_files_belong_together_blank_ones_too(two: tuple[Path, Path]) -> None:
    found = read_pairs(*two)
    assert found.targets == ["eins", "zwei", "drei"]
    assert found.sources == ["one", "", "three\u2028still three\x0bstill"]


def test_only_the_last_newline_is_no_line(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\n\n")
    assert read_lines(tmp_path / "a") == ["one", ""]


def test_files_that_do_not_align_are_refused_with_both_counts(two: tuple[Path, Path]) -> None:
    two[0].write_text("one\n")
    with pytest.raises(DataError, match=r"a\.en has 1 lines and .*a\.de\.gz has 3: they do not"):
        read_pairs(*two)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.tsv", 'a "word\tein "Wort\n\nhi, you\thallo, du\n'),
        ("a.txt", 'a "word\tein "Wort\nhi, you\thallo, du\n'),
        ("a.csv", '"a ""word","ein ""Wort"\n"hi, you","hallo, du"\n'),
    ],
)
def test_a_table_has_sentences_first(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert read_pairs(tmp_path / name) == Pairs(['a "word', "hi, you"], ['ein "Wort', "hallo, du"])


@pytest.mark.parametrize("names", ["source\ttarget", "en\tde", "EN\tzh"])
def test_a_row_of_names_is_passed_over_and_said(tmp_path: Path, names: str) -> None:
    (tmp_path / "a.tsv").write_text(f"{names}\nhi\thallo\nno\tnein\n")
    found = read_pairs(tmp_path / "a.tsv")
    assert found.sources == ["hi", "no"]
    assert "first row is names" in found.notes[0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"only one\ncolumn here\n", "has 1 column"),
        (b"a\tb\tc\nd\te\tf\n", "has 3 columns"),
        (b"a\tb\nc\n", "Row 2"),
        (b"", "is empty"),
        (b"caf\xe9\tcoffee\n", "not UTF-8"),
        ("a\tb\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_is_no_table_of_pairs_is_refused(
    tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "a.tsv").write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_pairs(tmp_path / "a.tsv")


def test_a_file_that_is_not_there_is_named_with_the_nearest(two: tuple[Path, Path]) -> None:
    with pytest.raises(DataError, match=r"did you mean .*a\.de\.gz"):
        read_pairs(two[0], two[1].with_name("a.dee.gz"))
