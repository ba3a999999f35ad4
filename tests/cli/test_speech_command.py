"""``speech`` on the command line."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import Result
from typer.testing import CliRunner

from recurra.applications.speech import SpeechRecogniser, read_recordings
from recurra.applications.speech.demo import RATE, write
from recurra.cli.main import app

Run = Callable[..., Result]

TINY = ("--units", 4, "--layers", 1, "--epochs", 2, "--batch-size", 8)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with 24 recordings in train.csv and a model that knows next to nothing of them."""
    folder = tmp_path_factory.mktemp("speech")
    write(folder, "train", 24, seed=0)
    found = read_recordings(folder / "train.csv")
    recogniser = SpeechRecogniser(units=4, layers=1, epochs=2, batch_size=8)
    recogniser.fit(found.paths, found.texts or []).save(folder / "m.safetensors")
    return folder


@pytest.fixture
def model(run: Run, made: Path) -> str:
    """The same where commands run."""
    shutil.copytree(made, Path(), dirs_exist_ok=True)
    return "m.safetensors"


def test_a_fit_is_the_one_of_python_and_leaves_a_report(run: Run, model: str) -> None:
    result = run("fit", "speech", "train.csv", "--out", "n.safetensors", *TINY)
    assert result.exit_code == 0, result.output
    assert {one.name for one in Path().glob("n.*")} == {
        *("n.safetensors", "n.html", "n.png", "n.json", "n.csv"),
    }
    figures = json.loads(Path("n.json").read_text())
    assert figures["job"] == "speech"
    assert set(figures["letters"]) >= set("aimostu")
    answers = [run("predict", one, "train").stdout for one in (model, "n.safetensors")]
    assert answers[0] == answers[1]


def test_recordings_are_written_down_a_row_each(run: Run, model: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("predict", model, "train.csv").stdout)))
    assert list(rows[0]) == ["recording", "text"]
    assert [row["recording"] for row in rows] == [f"train/{n:03}.wav" for n in range(24)]
    told = json.loads(run("predict", model, "train", "--json").stdout)
    assert [one["text"] for one in told] == [row["text"] for row in rows]
    assert set(told[0]) == {"recording", "text", "words"}
    alone = run("predict", model, "train/003.wav", "--picture", "seen.png", "--out", "a.csv")
    assert alone.exit_code == 0, alone.output
    assert Path("seen.png").read_bytes().startswith(b"\x89PNG")
    assert Path("a.csv").read_text() == f"recording,text\n003.wav,{rows[3]['text']}\n"


def test_words_that_alone_may_be_written(run: Run, model: str) -> None:
    truth = {line.partition(",")[2] for line in Path("train.csv").read_text().splitlines()}
    rows = csv.DictReader(io.StringIO(run("predict", model, "train", "--known-words").stdout))
    assert {word for row in rows for word in row["text"].split()} <= truth
    Path("words.txt").write_text("mama\nxyz\n")
    result = run("predict", model, "train", "--lexicon", "words.txt")
    assert "1 words of words.txt have letters that were not learned, 'xyz'" in result.stderr
    rows = csv.DictReader(io.StringIO(result.stdout))
    assert {word for row in rows for word in row["text"].split()} <= {"mama"}
    both = run("predict", model, "train", "--lexicon", "words.txt", "--known-words")
    assert "both --lexicon words.txt and --known-words" in both.stderr


def test_evaluation_tells_word_and_character_errors(run: Run, model: str) -> None:
    said = run("evaluate", model, "train.csv").stdout
    assert "word error rate" in said
    assert "character error rate" in said
    found = json.loads(run("evaluate", model, "train.csv", "--json").stdout)
    assert found["recordings"] == 24
    assert found["wer"] >= 0
    for number in range(20):
        Path(f"train/{number:03}.txt").write_text(("Mama", "Sisi")[number % 2])
    drawn = run("evaluate", model, "train", "--picture", "c.png")
    assert "4 of 24 recordings have no text" in drawn.stderr
    assert "have capitals or marks" in drawn.stderr
    assert Path("c.png").read_bytes().startswith(b"\x89PNG")
    refused = run("evaluate", model, "train.csv", "--picture", "d.png")
    assert "2 to 20 words" in refused.stderr


def test_raw_sound_is_written_down_while_it_comes(run: Run, model: str) -> None:
    samples, _ = soundfile.read("train/000.wav", dtype="int16")
    Path("raw").write_bytes(samples.astype("<i2").tobytes() + b"x")
    result = run("predict", model, "raw", "--raw-rate", RATE)
    assert result.exit_code == 0, result.output
    assert "the text follows what is said by 0.8 to 1.2 s" in result.stderr
    assert "its last byte is left out" in result.stderr
    piped = CliRunner().invoke(
        app, ["predict", model, "-", "--raw-rate", str(RATE)], input=Path("raw").read_bytes()
    )
    assert piped.stdout == result.stdout
    predicted = run("predict", model, "train/000.wav").stdout.splitlines()[1]
    if len(samples) < 1.1 * RATE:
        assert predicted == f"000.wav,{result.stdout.strip()}"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "without --raw-rate"),
        (("raw", "--raw-rate", 8000, "--json"), "--raw-rate with --json"),
        (("raw", "--raw-rate", 8000, "--known-words"), "--raw-rate with a lexicon"),
        (("raw", "--raw-rate", 8000), "There is no file raw"),
        (("train", "--lexicon", "gone.txt"), "There is no file gone.txt"),
        (("torn.wav",), "torn.wav cannot be read as sound"),
        (("empty",), "holds no recording"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    run: Run, model: str, arguments: tuple[object, ...], said: str
) -> None:
    Path("torn.wav").write_bytes(b"RIFF")
    Path("empty").mkdir()
    result = run("predict", model, *arguments)
    assert result.exit_code != 0
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_one_of_several_that_cannot_be_read_does_not_stop_the_others(run: Run, model: str) -> None:
    Path("train/000.wav").write_bytes(b"RIFF")
    result = run("predict", model, "train")
    assert result.exit_code == 0
    assert "1 of 24 recordings cannot be read: left out" in result.stderr
    assert len(result.stdout.splitlines()) == 24


@pytest.mark.parametrize(
    ("table", "arguments", "said"),
    [
        ("wav,text\ngone.wav,no\n", (), "is there: no file gone.wav"),
        ("wav,text\ntorn.wav,no\n", (), "none in which anything can be heard"),
        ("wav,text\nsilent.wav,no\n", (), "silent"),
        ("wav,text\ngood.wav,\n", (), "none with a text"),
        ("wav,text\ngood.wav,much too long a text for so short a recording\n", (), "too short"),
        ("wav,text\ngood.wav,no\n", ("--units", 0), "units=0"),
        ("wav,text\ngood.wav,no\n", ("--joins", 3), "joins=3"),
        ("wav,text\ngood.wav,no\n", ("--text-from-name", "x"), "one {text}"),
        ("", (), "is empty"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, table: str, arguments: tuple[object, ...], said: str
) -> None:
    Path("list.csv").write_text(table)
    Path("torn.wav").write_bytes(b"RIFF0000WAVE")
    soundfile.write("silent.wav", np.zeros(800), RATE)
    soundfile.write("good.wav", np.sin(np.arange(800)), RATE)
    before = sorted(Path().iterdir())
    result = run("fit", "speech", "list.csv", "--out", "new/m.safetensors", *TINY, *arguments)
    assert result.exit_code != 0
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert sorted(Path().iterdir()) == before
