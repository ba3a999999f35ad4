"""The page on a fit: words stand at the left, figures at the right, and nothing in it is markup."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from recurra.applications.reporting import Page, Table, render


@pytest.fixture
def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (2, 2)).save(drawn, "PNG")
    return drawn.getvalue()


def page(picture: bytes, *tables: Table) -> str:
    return render(
        Page(
            job="A job",
            title="a <b>.csv",
            verdict="good",
            picture=picture,
            pictured="dots",
            settings={"seed": "0"},
            command="recurra fit",
            tables=tables,
        )
    )


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (["8.5", "-1", "+0.3", "41,118", ""], False),
        (["8.5", "not known"], True),
        (["yes", ""], True),
        ([], False),
    ],
)
def test_a_column_with_one_word_is_of_words(column: list[str], *, words: bool) -> None:
    table = Table("Figures", ("name", "it"), [("x", one) for one in column])
    assert table.is_words(1) is words


def test_columns_of_words_and_of_figures_are_told_apart_on_the_page(picture: bytes) -> None:
    rows = [("V", "8.57", "the best"), ("NP", "8.54", "by <i>chance</i>")]
    made = page(picture, Table("Figures", ("cell", "nats", "why"), rows))
    cells = re.findall(r"<td( class=\"words\")?>([^<]*)</td>", made)
    assert [(bool(words), text) for words, text in cells] == [
        (True, "V"),
        (False, "8.57"),
        (True, "the best"),
        (True, "NP"),
        (False, "8.54"),
        (True, "by &lt;i&gt;chance&lt;/i&gt;"),
    ]
    assert "a &lt;b&gt;.csv" in made
