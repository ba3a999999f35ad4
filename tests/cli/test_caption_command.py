"""``recurra fit caption`` and its model, from a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from recurra.applications.caption.demo import rendered, scenes, sentence
from recurra.applications.pictures import encoded

Run = Callable[..., Result]
TINY = ("--units", 4, "--epochs", 1, "--side", 16)


@pytest.fixture
def table() -> Path:
    Path("data").mkdir()
    rows = ["picture,text"]
    for n, scene in enumerate(scenes(24, seed=0)):
        Path(f"data/{n}.png").write_bytes(encoded(rendered(scene, n)))
        rows.append(f'{n}.png,"{sentence(scene)}"')
    Path("data/captions.csv").write_text("\n".join([*rows, "none.png,nothing"]))
    return Path("data/captions.csv")


def test_a_table_is_learned_from_and_pictures_are_captioned(run: Run, table: Path) -> None:
    result = run("fit", "caption", table, "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert "not there (none.png)" in result.stdout
    assert "22 pictures are learned from, 2 are held out" in result.stdout
    assert {path.name for path in Path().glob("m.*")} == {
        *("m.safetensors", "m.html", "m.png", "m.json", "m.csv"),
    }
    answered = run("predict", "m.safetensors", "data", "--picture", "looked.png")
    assert answered.exit_code == 0, answered.output
    rows = list(csv.DictReader(io.StringIO(answered.stdout)))
    assert len(rows) == 24
    assert list(rows[0]) == ["picture", "text"]
    assert Path("looked.png").read_bytes().startswith(b"\x89PNG")
    (one,) = json.loads(run("predict", "m.safetensors", "data/3.png", "--json").stdout)
    assert one["text"] == next(row["text"] for row in rows if row["picture"] == "3.png")
    assert one["score"] <= 0
    figures = json.loads(run("evaluate", "m.safetensors", table, "--json").stdout)
    assert figures["pictures"] == 24
    assert 0 <= figures["exact"] <= 1
    assert "BLEU" in run("evaluate", "m.safetensors", table, "--beam", 1).stdout


def test_bad_input_is_one_screen_of_words_and_leaves_nothing(run: Run, table: Path) -> None:
    Path("bad.csv").write_text("x,y\n1,2\n")
    for command, code, said in (
        (("none.csv",), 1, "There is no file"),
        (("bad.csv",), 1, "called picture and text"),
        ((table, "--pictures", "nowhere"), 1, "can be read"),
        ((table, "--side", 20), 2, "side=20"),
    ):
        result = run("fit", "caption", *command, "--out", "new/m.safetensors")
        assert result.exit_code == code, result.output
        assert said in result.stderr
        assert "Traceback" not in result.output
    assert not Path("new").exists()
