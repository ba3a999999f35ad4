"""``music`` on the command line: pieces in, MIDI out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from recurra.applications.music import read_music, to_midi
from recurra.applications.music.demo import GRID, pieces
from recurra.cli.main import app

Run = Callable[..., Result]

TINY = ("--units", 4, "--epochs", 2)


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with pieces and a model of them."""
    place = tmp_path_factory.mktemp("music")
    for number, piece in enumerate(pieces(8, seed=0)):
        path = place / "pieces" / f"{number}.mid"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(to_midi(piece, GRID))
    (place / "pieces" / "broken.mid").write_bytes(b"MThd")
    command = ["fit", "music", place / "pieces", "--out", place / "m.safetensors", *TINY]
    result = CliRunner().invoke(app, [str(one) for one in command])
    assert result.exit_code == 0, result.output
    assert "1 of 9 files cannot be read" in result.stdout
    return place


@pytest.fixture
def model(run: Run, fitted: Path) -> Path:
    """The same in the present folder."""
    shutil.copytree(fitted, ".", dirs_exist_ok=True)
    return Path("m.safetensors")


def test_a_fit_leaves_model_report_picture_figures_and_losses(run: Run, model: Path) -> None:
    assert {path.name for path in Path().glob("m.*")} == {
        *("m.safetensors", "m.html", "m.png", "m.json", "m.csv"),
    }
    figures = json.loads(Path("m.json").read_text())
    assert figures["steps_per_quarter"] == GRID.steps
    assert figures["held_out"]["nats_per_step"] > 0
    assert "1 of 9 files cannot be read" in Path("m.html").read_text()


def test_music_is_written_on_from_a_start_or_from_nothing(run: Run, model: Path) -> None:
    common = ("--steps", 40, "--seed", 1, "--json")
    found = run("predict", model, "pieces/0.mid", "--given", 12, "--out", "on.mid", *common)
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert (told["given"], told["steps"], told["midi"]) == (12, 40, "on.mid")
    assert told["seconds"] == pytest.approx(52 / GRID.steps * 60 / GRID.tempo)
    assert Path("on.png").read_bytes().startswith(b"\x89PNG")
    start = read_music("pieces/0.mid").train[0][:12]
    written = read_music("on.mid", steps=GRID.steps).train[0]
    assert (written[:12] == start).all()
    again = run("predict", "--out", "again.mid", model, "pieces/0.mid", "--given", 12, *common)
    assert again.exit_code == 0, again.output
    assert Path("again.mid").read_bytes() == Path("on.mid").read_bytes()
    new = run("predict", model, "--steps", 30, "--tempo", 60)
    assert new.exit_code == 0, new.output
    assert read_music("recurra-music.mid").grid.tempo == pytest.approx(60)


def test_pieces_are_judged(run: Run, model: Path) -> None:
    found = json.loads(run("evaluate", model, "pieces", "--json").stdout)
    assert (found["pieces"], found["part"]) == (8, "all")
    said = run("evaluate", model, "pieces/0.mid").stdout
    assert said.startswith("nats a step")
    assert "(all: 1 pieces" in said
    empty = run("evaluate", model, "pieces", "--part", "test")
    assert empty.exit_code == 1
    assert "at least one" in empty.stderr


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        (b"", (), 1, "an empty file"),
        (b"no music at all", (), 1, "no sound MIDI"),
        (to_midi(pieces(1, seed=0)[0][:8], GRID), (), 1, "at least 40"),
        (to_midi(pieces(1, seed=0)[0], GRID), ("--grid", 5), 2, "--grid 5"),
        (to_midi(pieces(1, seed=0)[0], GRID), ("--units", 0), 2, "units=0"),
        (to_midi(pieces(1, seed=0)[0], GRID), ("--cell", "lstn"), 2, "lstn"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, content: bytes, options: tuple[object, ...], code: int, said: str
) -> None:
    Path("a.mid").write_bytes(content)
    result = run("fit", "music", "a.mid", "--out", "new/m.safetensors", *options)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["a.mid"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--out", "a.wav"), 2, "ends in .mid"),
        (("--temperature", 0), 2, "temperature=0"),
        (("--steps", -1), 2, "steps=-1"),
        (("--tempo", 0), 2, "--tempo 0"),
        (("--given", 0), 2, "given=0"),
        (("none.mid",), 1, "no file none.mid"),
        (("pieces/broken.mid",), 1, "no sound MIDI"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(
    run: Run, model: Path, options: tuple[object, ...], code: int, said: str
) -> None:
    result = run("predict", model, *options)
    assert result.exit_code == code, result.output
    assert said in result.stderr
    assert not list(Path().glob("*.mid"))
