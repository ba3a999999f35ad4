"""Files of columns."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recurra.applications.ner import read_columns, read_tokens
from recurra.errors import DataError, OptionError


def written(folder: Path, text: str | bytes, name: str = "a.conll") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_spaces_and_tabs_part_cells_and_lines_of_space_part_sentences(tmp_path: Path) -> None:
    text = "Ana B-PER\r\nleft\tO\n \t \n\n\nNew   B-LOC\nYork\t I-LOC\n\t\nnow O"
    found = read_columns(written(tmp_path, text))
    assert found.sentences == [["Ana", "left"], ["New", "York"], ["now"]]
    assert found.tags == [["B-PER", "O"], ["B-LOC", "I-LOC"], ["O"]]
    assert found.notes == ("tokens are in column 1, tags in column 2 of 2",)


def test_columns_can_be_chosen_and_documents_and_comments_are_counted(tmp_path: Path) -> None:
    first = "-DOCSTART- -X- O O\n\n# id 7\nAna NNP B-NP B-PER\n# NN O O\n\n"
    text = f"{first}-DOCSTART- -X- O O\nleft VB O O\n"
    path = written(tmp_path, text)
    found = read_columns(path)
    assert found.sentences == [["Ana", "#"], ["left"]]
    assert found.tags == [["B-PER", "O"], ["O"]]
    assert found.notes[1:] == ("2 lines of -DOCSTART- passed over", "1 comment passed over")
    assert read_columns(path, token=2, tag=3).sentences == [["NNP", "NN"], ["VB"]]
    assert read_columns(path, token=2, tag=3).tags == [["B-NP", "O"], ["O"]]
    assert read_tokens(path, token=2) == [["NNP", "NN"], ["VB"]]


def test_marks_that_look_like_space_or_line_ends_are_tokens(tmp_path: Path) -> None:
    text = "a O\n\u3000\tO\n\u2028\tO\n\x85\tO\n#tag\tO\n"
    assert read_columns(written(tmp_path, text)).sentences == [
        ["a", "\u3000", "\u2028", "\x85", "#tag"]
    ]


def test_a_compressed_file_and_one_column_of_tokens_are_read(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"Ana B-PER\n"), "a.gz")
    assert read_columns(path).sentences == [["Ana"]]
    assert read_tokens(written(tmp_path, "Ana\nleft\n\nnow\n")) == [["Ana", "left"], ["now"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"-DOCSTART- O\n", "no tokens"),
        (b"caf\xe9 O\n", "not UTF-8"),
        (b"Ana\nleft\n", "has 1 column; tokens in column 1 and tags in column 1"),
        (b"Ana O\nleft O\nhere\n", "Line 3 .* has 1 column: here"),
        (b"Ana O\nleft O O\nhere O\n", "Line 2 .* has 3 columns"),
        (b"Ana\tO\n\tO\n", "Line 2 .* one of them empty"),
    ],
)
def test_what_cannot_be_read_names_the_line(tmp_path: Path, text: bytes, said: str) -> None:
    with pytest.raises(DataError, match=said):
        read_columns(written(tmp_path, text))


def test_columns_that_are_not_there_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "Ana O\n")
    with pytest.raises(DataError, match="has 2 columns; tokens in column 1 and tags in column 3"):
        read_columns(path, tag=3)
    with pytest.raises(DataError, match="has 2 columns"):
        read_tokens(path, token=3)
    with pytest.raises(OptionError, match="tag_column"):
        read_columns(path, tag=0)
    with pytest.raises(DataError, match=r"did you mean .*a\.conll"):
        read_columns(tmp_path / "b.conll")
