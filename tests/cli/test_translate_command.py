"""``recurra fit translate`` and what follows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.cli.main import app

pytest.importorskip("tokenizers")
pytest.importorskip("sacrebleu")

Run = Callable[..., Result]

TINY = ("--units", 4, "--epochs", 1, "--vocabulary-size", 260)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """60 sentences and their translations."""
    (tmp_path / "a.en").write_text("".join(f"{n} dogs\n" for n in range(60)))
    (tmp_path / "a.de").write_text("".join(f"{n} Hunde\n" for n in range(60)))
    return tmp_path / "a.en", tmp_path / "a.de"


@pytest.fixture
def model(run: Run, files: tuple[Path, Path]) -> Path:
    """A model of them."""
    result = run("fit", "translate", *files, "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    return Path("m.safetensors")


def test_each_line_gets_a_line_a_blank_one_a_blank_one(run: Run, model: Path) -> None:
    Path("in.txt").write_text("1 dog\n\n2 dogs\u2028three\n")
    result = run("predict", model, "in.txt", "--beam", 2)
    assert result.exit_code == 0, result.output
    lines = result.stdout.split("\n")
    assert len(lines) == 4
    assert (lines[1], lines[3]) == ("", "")
    assert "1 of 3 blank: the translation is blank too" in result.stderr
    written = run("predict", model, "in.txt", "--beam", 2, "--out", "out.txt")
    assert written.exit_code == 0
    assert Path("out.txt").read_text() == result.stdout


def test_a_file_standard_input_and_words_give_the_same(run: Run, model: Path) -> None:
    Path("in.txt").write_bytes(b"5 dogs\r\n")
    said = run("predict", model, "--text", "5 dogs").stdout
    assert run("predict", model, "in.txt").stdout == said
    piped = CliRunner().invoke(app, ["predict", str(model), "-"], input=b"5 dogs\n")
    assert piped.stdout == said != ""


def test_json_tells_how_sure_each_answer_is(run: Run, model: Path) -> None:
    result = run("predict", model, "--text", "5 dogs", "--json")
    (found,) = json.loads(result.stdout)
    assert found["source"] == "5 dogs"
    assert found["translation"] + "\n" == run("predict", model, "--text", "5 dogs").stdout
    assert found["score"] < 0


def test_where_it_looked_can_be_drawn(run: Run, model: Path) -> None:
    result = run("predict", model, "--text", "5 dogs", "--picture", "looked.png")
    assert result.exit_code == 0, result.output
    assert Path("looked.png").read_bytes().startswith(b"\x89PNG")
    blank = run("predict", model, "--text", " ", "--picture", "blank.png")
    assert blank.exit_code == 1
    assert "blank sentence" in blank.stderr


def test_evaluation_gives_bleu_and_chrf(run: Run, model: Path, files: tuple[Path, Path]) -> None:
    files[1].write_text("\n" + files[1].read_text().split("\n", 1)[1])
    result = run("evaluate", model, *files, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["sentences"] == 59
    assert 0 <= found["bleu"] <= 100
    assert "1 of the pairs have a blank side" in result.stderr
    told = run("evaluate", model, *files).stdout
    assert f"BLEU  {found['bleu']:.2f}" in told
    assert f"chrF  {found['chrf']:.2f}" in told


def test_a_table_and_validation_files_are_read(run: Run, files: tuple[Path, Path]) -> None:
    Path("pairs.tsv").write_text("en\tde\n" + "1 dog\tein Hund\n2 dogs\tzwei Hunde\n" * 9)
    beside = ("--validation", files[0], "--validation-target", files[1])
    result = run("fit", "translate", "pairs.tsv", "--out", "v.safetensors", *beside, *TINY)
    assert result.exit_code == 0, result.output
    assert "the first row is names: en | de" in result.stdout
    assert "18 pairs are learned from, 60 are held out" in result.stdout
    assert "16 of the pairs repeat another" in result.stdout
    alone = run("fit", "translate", "pairs.tsv", "--validation-target", files[1], *TINY)
    assert alone.exit_code == 2
    assert "--validation FILE" in alone.stderr


@pytest.mark.parametrize(
    ("source", "target", "arguments", "code", "said"),
    [
        (b"a\nb\n", b"A\n", (), 1, "do not align"),
        (b"\n\n", b"A\nB\n", (), 1, "is empty"),
        (b"a\n \n", b"\nB\n", (), 1, "none with text on both sides"),
        (b"caf\xe9\n", b"A\n", (), 1, "is not UTF-8"),
        (b"a\n", b"A\n", ("--units", "0"), 2, "units=0"),
        (b"a\n", b"A\n", ("--vocabulary-size", "9"), 2, "at least 256"),
        (b"a\n", b"A\n", ("--cell", "lstn"), 2, "lstn"),
        (b"a\n", b"A\n", ("--out", "m.bin"), 2, ".safetensors"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, source: bytes, target: bytes, *, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("a").write_bytes(source)
    Path("b").write_bytes(target)
    result = run("fit", "translate", "a", "b", "--out", "new/m.safetensors", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert sorted(path.name for path in Path().iterdir()) == ["a", "b"]


def test_standard_input_that_is_no_utf8_is_refused(run: Run, model: Path) -> None:
    result = CliRunner().invoke(app, ["predict", str(model), "-"], input=b"one\ncaf\xe9\n")
    assert result.exit_code == 1
    assert "Standard input is not UTF-8: line 2 holds the byte 0xe9" in result.stderr
