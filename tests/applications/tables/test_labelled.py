"""Which column is which."""

from __future__ import annotations

from pathlib import Path

import pytest

from recurra.applications.tables import read_labelled, read_texts
from recurra.errors import DataError


@pytest.fixture
def table(tmp_path: Path):
    def write(content: str, name: str = "a.csv") -> Path:
        path = tmp_path / name
        path.write_text(content)
        return path

    return write


@pytest.mark.parametrize(
    "content",
    [
        "text,label\ngood film,1\nbad film,0\n",
        "label,review\n1,good film\n0,bad film\n",
        "id,Sentence,sentiment\n7,good film,1\n8,bad film,0\n",
        "note,review\n1,good film\n0,bad film\n",
        "good film,1\nbad film,0\n",
        "1,good film\n0,bad film\n",
    ],
)
def test_columns_are_found_with_names_or_without(table, content: str) -> None:
    found = read_labelled(table(content))
    assert found.texts == ["good film", "bad film"]
    assert found.labels == ["1", "0"]


def test_a_first_row_whose_class_occurs_nowhere_else_is_names(table) -> None:
    found = read_labelled(table("was sagen sie,urteil\ngood film,1\nbad film,0\nnice film,1\n"))
    assert found.texts == ["good film", "bad film", "nice film"]
    assert "the first row is names" in found.notes[0]
    found = read_labelled(table("fine film,1\ngood film,1\nbad film,0\nnice film,1\n"))
    assert len(found.texts) == 4
    assert "the first row is the first text" in found.notes[0]


def test_named_columns_are_taken(table) -> None:
    path = table("a,b,c\n1,x,good film\n0,y,bad film\n1,x,nice film\n")
    assert read_labelled(path, text="c", label="b").labels == ["x", "y", "x"]
    assert read_labelled(path, text="c", label="a").labels == ["1", "0", "1"]


def test_rows_without_a_class_are_left_out_and_counted(table) -> None:
    found = read_labelled(table("text,label\ngood film,1\nodd,\nbad film,0\n"))
    assert found.labels == ["1", "0"]
    assert "1 rows without a class" in found.notes[1]


@pytest.mark.parametrize(
    ("content", "columns", "said"),
    [
        ("good film\nbad film\n", {}, "has one column"),
        ("a,b,c\n1,2,3\n4,5,6\n", {}, "has 3 columns"),
        ("text,label\ngood,1\n", {"text": "words"}, "has no column 'words'"),
        ("a,b,c\n1,2,3\n", {"text": "a"}, "has 3 columns"),
        ("text,label\ngood,1\n", {"text": "text", "label": "text"}, "both texts and classes"),
        ("text,label\ngood,\n", {}, "no row with a class"),
        ("text,label\n" + "".join(f"t{n},{n}.5\n" for n in range(9)), {}, "9 different classes"),
    ],
)
def test_what_cannot_be_told_is_refused_in_words(
    table, content: str, columns: dict[str, str], said: str
) -> None:
    with pytest.raises(DataError, match=said):
        read_labelled(table(content), **columns)


def test_texts_alone_come_from_lines_and_from_tables(table) -> None:
    assert read_texts(table("good, film\n\nbad film\n", "a.txt"))[0] == [
        "good, film",
        "",
        "bad film",
    ]
    path = table("id,review\n1,good film\n2,bad film\n")
    assert read_texts(path) == (["good film", "bad film"], ("texts are in the column 'review'",))
    assert read_texts(path, text="id")[0] == ["1", "2"]
    texts, notes = read_texts(table("1\tgood film\n0\tbad film\n", "b.txt"))
    assert texts == ["good film", "bad film"]
    assert "column 2 of 2" in notes[0]
