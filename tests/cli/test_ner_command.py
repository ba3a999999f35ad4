"""``ner`` on the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.applications.ner.demo import columns
from recurra.cli.main import app

Run = Callable[..., Result]

TEXT = "In Port Kavi , Nolin met Galti .\n\nIt rained in Marden for 19 days ."


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model of made-up sentences, and the sentences."""
    folder = tmp_path_factory.mktemp("ner")
    (folder / "train.conll").write_text(columns(80, seed=0))
    tiny = ("--units", "8", "--embedding", "8", "--networks", "1", "--epochs", "5")
    data, out = str(folder / "train.conll"), str(folder / "n.safetensors")
    arguments = ["fit", "ner", data, "--out", out, "--learning-rate", "0.05", *tiny]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "written in IOB2" in result.stdout
    assert {one.suffix for one in folder.glob("n.*")} == {
        *(".safetensors", ".html", ".png", ".json", ".csv"),
    }
    return folder


@pytest.fixture
def model(run: Run, fitted: Path) -> Path:
    """The model, in the folder at hand."""
    for one in fitted.iterdir():
        shutil.copy(one, one.name)
    return Path("n.safetensors")


def test_entities_come_as_a_table_as_json_and_as_columns(run: Run, model: Path) -> None:
    Path("a.txt").write_text(TEXT)
    table = run("predict", model, "a.txt").stdout.splitlines()
    assert table[0].split("\t") == ["line", "start", "end", "kind", "text"]
    found = json.loads(run("predict", model, "--text", TEXT, "--json").stdout)
    assert found
    for row, one in zip(table[1:], found, strict=True):
        assert TEXT[one["start"] : one["end"]] == one["text"]
        assert row.split("\t") == [
            *(str(one[key]) for key in ("line", "start", "end")),
            one["kind"],
            one["text"],
        ]
    lines = run("predict", model, "a.txt", "--conll").stdout.split("\n")
    assert [line.split("\t")[0] for line in lines if line] == TEXT.split()
    assert sum(line.split("\t")[1].startswith("B-") for line in lines if line) == len(found)


def test_columns_are_read_by_their_tokens(run: Run, model: Path) -> None:
    Path("b.conll").write_text("x In\nx Port\nx Kavi\n\nx Nolin\n")
    run("predict", model, "b.conll", "--columns", "--token-column", 2, "--conll", "--out", "c")
    assert [line.split("\t")[0] for line in Path("c").read_text().splitlines()] == [
        *("In", "Port", "Kavi", "", "Nolin"),
    ]


def test_evaluation_gives_figures_of_all_and_of_each_kind_and_a_page(run: Run, model: Path) -> None:
    result = run("evaluate", model, "train.conll", "--report", "page.html")
    assert result.exit_code == 0, result.output
    names = [line.split()[0] for line in result.stdout.splitlines()[1:]]
    assert names == ["all", "LOC", "ORG", "PER"]
    page = Path("page.html").read_text()
    assert "<mark" in page
    assert "data:image/png" in page
    scores = json.loads(run("evaluate", model, "train.conll", "--json").stdout)
    assert scores["true"] == sum(one["true"] for one in scores["kinds"].values())
    assert f"{scores['f1']:.4f}" in result.stdout


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        (b"", (), 1, "is empty"),
        (b"caf\xe9 O\n", (), 1, "is not UTF-8"),
        (b"one\ncolumn\n", (), 1, "has 1 column"),
        (b"a O\nb O\n", (), 1, "all tags are O"),
        (b"a NN\nb VB\n", (), 1, "the tag 'NN'"),
        (b"a B-X\nb O O\nc O\n", (), 1, "Line 2"),
        (b"a B-X\nb O\n", ("--tag-column", "3"), 1, "tags in column 3"),
        (b"a B-X\nb O\n", ("--units", "0"), 2, "units=0"),
        (b"a B-X\nb O\n", ("--validation", "none.conll"), 1, "no file none.conll"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, content: bytes, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("bad.conll").write_bytes(content)
    result = run("fit", "ner", "bad.conll", "--out", "new/n.safetensors", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["bad.conll"]


def test_what_cannot_be_predicted_is_said(run: Run, model: Path) -> None:
    assert (
        "both --json and --conll"
        in run("predict", model, "--text", "a", "--json", "--conll").stderr
    )
    assert "--columns without a file" in run("predict", model, "--text", "a", "--columns").stderr
    nothing = run("predict", model, "--text", " ")
    assert (nothing.exit_code, nothing.stdout.count("\n")) == (0, 1)
    assert "not a token in it" in nothing.stderr
    Path("bad.txt").write_bytes(b"caf\xe9")
    assert "is not UTF-8" in run("predict", model, "bad.txt").stderr
