"""``recurra fit``, ``predict``, ``evaluate`` and ``demo``: every job, beside forecasts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from safetensors.torch import save_file
from torch import zeros

from recurra.cli import jobs

Run = Callable[..., Result]

TINY = ("--units", 4, "--epochs", 1)


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    """A small table of reviews."""
    rows = [f"the tea was {word},{label}" for word, label in (("good", 1), ("bad", 0)) * 15]
    path = tmp_path / "reviews.csv"
    path.write_text("review,stars\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def sentiment(run: Run, reviews: Path) -> Path:
    """A model of it."""
    result = run("fit", "sentiment", reviews, "--out", "s.safetensors", "--networks", 1, *TINY)
    assert result.exit_code == 0, result.output
    return Path("s.safetensors")


@pytest.fixture
def text(run: Run) -> Path:
    """A model of a text."""
    Path("rain.txt").write_text("the rain in Spain\n" * 40)
    result = run("fit", "text", "rain.txt", "--out", "t.safetensors", "--layers", 1, *TINY)
    assert result.exit_code == 0, result.output
    return Path("t.safetensors")


@pytest.mark.parametrize("job", jobs.names())
def test_every_job_has_every_verb_and_help(run: Run, job: str) -> None:
    found = jobs.find(job)
    assert all(callable(getattr(found, verb)) for verb in ("fit", "predict", "evaluate", "demo"))
    assert job in run("fit", "--help").output
    assert "--out" in run("fit", job, "--help").output


def test_a_fit_leaves_model_report_picture_figures_and_losses(run: Run, sentiment: Path) -> None:
    assert {path.name for path in Path().glob("s.*")} == {
        *("s.safetensors", "s.html", "s.png", "s.json", "s.csv"),
    }
    figures = json.loads(Path("s.json").read_text())
    assert figures["verdict"] in Path("s.html").read_text().replace("&#39;", "'")


def test_figures_can_be_had_as_json_and_nothing_else(run: Run, reviews: Path) -> None:
    result = run("fit", "sentiment", reviews, "--networks", 1, *TINY, "--json")
    assert json.loads(result.stdout)["job"] == "sentiment"
    assert Path("recurra-sentiment.safetensors").is_file()


def test_sentiment_answers_a_row_for_each_text(run: Run, sentiment: Path, reviews: Path) -> None:
    result = run("predict", sentiment, reviews, "--out", "answers.csv")
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(Path("answers.csv").read_text())))
    assert len(rows) == 30
    assert list(rows[0]) == ["text", "label", "p(0)", "p(1)"]
    for row in rows:
        assert float(row["p(0)"]) + float(row["p(1)"]) == pytest.approx(1, abs=2e-4)


def test_a_text_in_words_is_answered_with_the_words_that_carried_it(
    run: Run, sentiment: Path
) -> None:
    result = run("predict", sentiment, "--text", "the tea was good", "--json")
    (found,) = json.loads(result.stdout)
    assert [one["word"] for one in found["words"]] == ["the", "tea", "was", "good"]
    assert found["label"] in found["probabilities"]


def test_the_model_may_stand_behind_its_options(run: Run, sentiment: Path) -> None:
    first = run("predict", sentiment, "--text", "good", "--json")
    second = run("predict", "--text", "good", "--json", sentiment)
    assert first.stdout == second.stdout != ""
    assert "--text-column" in run("predict", sentiment, "--help").output


def test_evaluation_gives_the_figures_of_the_job(
    run: Run, sentiment: Path, reviews: Path, text: Path
) -> None:
    scores = json.loads(run("evaluate", sentiment, reviews, "--json").stdout)
    assert scores["texts"] == 30
    assert 0 <= scores["f1_macro"] <= 1
    assert "accuracy" in run("evaluate", sentiment, reviews).stdout
    found = json.loads(run("evaluate", text, "rain.txt", "--json").stdout)
    assert found["characters"] == 720
    assert found["bits_per_character"] == pytest.approx(found["nats_per_character"] * 1.442695)
    assert "nats a character" in run("evaluate", text, "rain.txt").stdout


def test_text_writes_on_from_a_prompt_a_file_or_nothing(run: Run, text: Path) -> None:
    Path("prompt.txt").write_text("the rain")
    said = run("predict", text, "--text", "the rain", "--length", 20, "--seed", 1).stdout
    assert said.startswith("the rain")
    assert len(said) == len("the rain") + 20 + 1
    assert run("predict", text, "prompt.txt", "--length", 20, "--seed", 1).stdout == said
    found = json.loads(run("predict", text, "--length", 9, "--samples", 2, "--json").stdout)
    assert [len(one["text"]) for one in found] == [9, 9]


def test_a_forecaster_is_served_by_the_same_command(run: Run, sales: Path) -> None:
    run("forecast", sales, "--layers", "4", "--epochs", 1, "--horizon", 3, "--out", "out")
    result = run("predict", "--horizon", 2, "out/model.safetensors", sales)
    assert result.exit_code == 0, result.output
    assert len(result.stdout.splitlines()) == 3
    refused = run("evaluate", "out/model.safetensors", sales)
    assert refused.exit_code == 1
    assert "holds a forecaster" in refused.output


def test_what_is_no_model_or_job_is_refused_in_words(run: Run, reviews: Path) -> None:
    save_file({"a": zeros(1)}, "other.safetensors")
    for verb in ("predict", "evaluate"):
        for name, said in (("none.safetensors", "no model file"), ("other.safetensors", "Recurra")):
            result = run(verb, name, reviews)
            assert result.exit_code == 1
            assert said in result.stderr
            assert "Traceback" not in result.output
    for command in (("fit", "sentimental", reviews), ("demo", "sentimental")):
        result = run(*command)
        assert result.exit_code == 2
        assert ", ".join(jobs.names()) in result.stderr


@pytest.mark.parametrize(
    ("content", "arguments", "code", "said"),
    [
        (b"", (), 1, "is empty"),
        (b"caf\xe9,1\n", (), 1, "is not UTF-8"),
        (b"one column\nof texts\n", (), 1, "has one column"),
        (b"text,label\ngood,1\nfine,1\n", (), 1, "are of the class '1'"),
        (b"text,label\ngood,1\nbad,0\n", ("--units", "0"), 2, "units=0"),
        (b"text,label\ngood,1\nbad,0\n", ("--cell", "lstn"), 2, "lstn"),
        (b"text,label\ngood,1\nbad,0\n", ("--out", "model.pt"), 2, ".safetensors"),
        (b"text,label\ngood,1\nbad,0\n", ("--label-column", "stars"), 1, "no column 'stars'"),
    ],
)
def test_bad_input_is_one_screen_of_words_and_leaves_nothing(
    run: Run, content: bytes, arguments: tuple[str, ...], code: int, said: str
) -> None:
    Path("bad.csv").write_bytes(content)
    result = run("fit", "sentiment", "bad.csv", "--out", "new/m.safetensors", *arguments)
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["bad.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"too short", "at least 200"),
        (b"caf\xe9 " * 99, "is not UTF-8"),
        (b"\0" * 300, "NUL"),
    ],
)
def test_a_text_that_cannot_be_learned_from_is_refused(run: Run, content: bytes, said: str) -> None:
    Path("bad.txt").write_bytes(content)
    result = run("fit", "text", "bad.txt", "--out", "new/m.safetensors")
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert [path.name for path in Path().iterdir()] == ["bad.txt"]


def test_input_and_words_at_once_or_neither_are_refused(run: Run, sentiment: Path) -> None:
    assert "neither INPUT nor --text" in run("predict", sentiment).stderr
    Path("a.txt").write_text("good")
    assert "both a.txt and --text" in run("predict", sentiment, "a.txt", "--text", "x").stderr


@pytest.mark.parametrize("job", jobs.names())
def test_a_demo_makes_its_data_and_says_what_to_try_next(
    run: Run, job: str, tmp_path: Path
) -> None:
    result = run("demo", job, "--out", "there")
    assert result.exit_code == 0, result.output
    commands = [line.split() for line in result.stdout.splitlines() if line.startswith("  recurra")]
    assert commands
    for one in Path("there").glob("model.*"):
        assert one.stat().st_size
    model = next(Path("there").glob("*.safetensors"))
    assert commands[0][2] == str(model)
