"""Texts from a file or a folder."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from recurra.applications.text import read_documents
from recurra.errors import DataError


def test_a_file_of_any_name_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "poem.xyz"
    path.write_bytes("\ufeffeins\r\nzwei\rdrei\n\n".encode())
    assert read_documents(path) == (["eins\nzwei\ndrei\n\n"], ())


def test_a_folder_is_read_in_order_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.md").write_text("two")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"one"))
    (tmp_path / "c.txt").write_text("  \n")
    (tmp_path / "d.png").write_bytes(b"\x89PNG\xff")
    texts, notes = read_documents(tmp_path)
    assert texts == ["one", "two"]
    assert [note.split()[0] for note in notes] == ["2", "1", "1"]


@pytest.mark.parametrize("names", [[], ["a.png"], ["a.txt"]])
def test_a_folder_without_a_text_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(DataError, match="none of them a text that is not empty"):
        read_documents(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "is empty"), (b"\xe9t\xe9", "not UTF-8"), (b"PK\x03\x04", "zip")]
)
def test_a_file_that_is_no_text_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        read_documents(path)
