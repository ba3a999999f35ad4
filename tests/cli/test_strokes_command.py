"""``recurra fit caption`` of a table of strokes, and its model."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from recurra.applications.caption.strokes.notation import parsed
from recurra.applications.pictures import encoded

Run = Callable[..., Result]
TINY = ("--units", 4, "--epochs", 1, "--side", 16)


@pytest.fixture
def table() -> Path:
    Path("data").mkdir()
    rows = ["picture,strokes"]
    for n in range(24):
        image = np.full((20, 30, 1), 255, np.uint8)
        image[4:6, 3 : 8 + n // 2] = 0
        Path(f"data/{n:02}.png").write_bytes(encoded(image))
        rows.append(f"{n:02}.png,M 3 5 L {8 + n // 2} 5")
    Path("data/strokes.csv").write_text("\n".join([*rows, "none.png,M 1 2", "00.png,C 1 2"]))
    return Path("data/strokes.csv")


def test_a_table_of_strokes_is_learned_from_and_pictures_are_drawn(run: Run, table: Path) -> None:
    result = run("fit", "caption", table, "--out", "m.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert "pictures are in 'picture', strokes in 'strokes'" in result.stdout
    assert "not there (none.png)" in result.stdout
    assert "22 drawings are learned from, 2 are held out" in result.stdout
    assert "nats a step" in result.stdout
    assert {path.name for path in Path().glob("m.*")} == {
        *("m.safetensors", "m.html", "m.png", "m.json", "m.csv"),
    }
    drawn = ("--picture", "drawn.png", "--drawings", "drawn")
    answered = run("predict", "m.safetensors", "data", *drawn)
    assert answered.exit_code == 0, answered.output
    rows = list(csv.DictReader(io.StringIO(answered.stdout)))
    assert len(rows) == 24
    assert Path("drawn.png").read_bytes().startswith(b"\x89PNG")
    for row in rows:
        assert len(parsed(row["strokes"])) >= 1
        root = ET.parse(f"drawn/{row['picture']}.svg").getroot()
        assert root[0].attrib["d"] == row["strokes"]
        assert root.attrib["viewBox"] == "0 0 30 20"
    (one,) = json.loads(run("predict", "m.safetensors", "data/03.png", "--json").stdout)
    assert one["strokes"] == rows[3]["strokes"]
    figures = json.loads(run("evaluate", "m.safetensors", table, "--json").stdout)
    assert figures["count"] == 24
    shown = run("evaluate", "m.safetensors", table, "--beam", 1).stdout
    assert f"{figures['nats_a_step']:.3f}" in shown


def test_strokes_that_are_written_can_be_learned_from(run: Run, table: Path) -> None:
    run("fit", "caption", table, "--out", "m.safetensors", *TINY)
    run("predict", "m.safetensors", "data", "--out", "data/own.csv")
    result = run("fit", "caption", "data/own.csv", "--out", "n.safetensors", *TINY, "--blind")
    assert result.exit_code == 0, result.output
    assert "white paper is seen in place of every picture" in result.stdout


def test_bad_input_is_one_screen_of_words_and_leaves_nothing(run: Run, table: Path) -> None:
    Path("data/bad.csv").write_text("picture,strokes\n00.png,a dog\n")
    Path("data/text.csv").write_text("picture,text\n00.png,a dog\n")
    for command, code, said in (
        (("data/bad.csv",), 1, "a path of straight lines"),
        (("data/text.csv", "--blind"), 2, "--blind"),
        ((table, "--pictures", "nowhere"), 1, "can be read"),
        ((table, "--side", 4), 2, "side=4"),
        ((table, "--text-column", "words"), 1, "no column 'words'"),
    ):
        result = run("fit", "caption", *command, "--out", "new/m.safetensors")
        assert result.exit_code == code, result.output
        assert said in result.stderr
        assert "Traceback" not in result.output
    assert not Path("new").exists()
