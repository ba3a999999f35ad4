"""``recurra explain``: what a kept model remembers, as a page and as figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from recurra import model_file
from recurra.forecasting import Forecaster
from recurra.forecasting.files import read_table


@pytest.fixture
def fitted(sales, run):
    """Calls ``recurra`` where two models of the sales lie: step.safetensors, seg.safetensors."""
    table = read_table(sales)
    options = {"hidden_size": 4, "horizon": 6, "lookback": 12}
    Forecaster(strategy="recursive", epochs=1, **options).fit(table).save("step.safetensors")
    Forecaster(steps=5, ensemble=1, **options).fit(table).save("seg.safetensors")
    return run


def test_a_page_and_figures_are_written_and_the_sentences_printed(fitted, sales):
    result = fitted("explain", "step.safetensors", sales)
    assert result.exit_code == 0, result.output
    figures = json.loads(Path("explanation/explanation.json").read_text())
    page = Path("explanation/explanation.html").read_text()
    for said in figures["sentences"]:
        assert said in result.stdout
    assert "2020-01" in figures["sentences"][0]
    assert len(figures["models"][0]["integrated_gradients"]) == 12
    assert "<script>" in page
    assert "Page: explanation/explanation.html" in result.stderr


def test_the_history_that_was_fitted_serves_without_data_and_json_is_json_alone(fitted):
    result = fitted("explain", "seg.safetensors", "--ahead", 3, "--json", "--out", "there")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert [layer["name"] for layer in figures["models"][0]["layers"]] == [
        "encoder, layer 0",
        "decoder, layer 0",
    ]
    assert "2020-03" in figures["sentences"][0]
    assert Path("there/explanation.html").exists()


def test_two_models_are_shown_beside_each_other(fitted, sales):
    result = fitted(
        "explain", "step.safetensors", sales, "--beside", "seg.safetensors", "--steps", 12
    )
    assert result.exit_code == 0, result.output
    figures = json.loads(Path("explanation/explanation.json").read_text())
    assert [model["name"] for model in figures["models"]] == ["lstm", "gru"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "a model to explain, or --demo"),
        (["step.safetensors", "--demo"], "both step.safetensors and --demo"),
        (["step.safetensors", "--row", "nobody"], "the series 'nobody'"),
        (["step.safetensors", "--ahead", "2"], "1, the next value"),
        (["step.safetensors", "--network", "2"], "network=2 of a model of 1 network"),
        (["step.safetensors", "--at", "2"], "--ahead, a value to come"),
        (["step.safetensors", "--text", "x"], "--text with a forecaster"),
        (["nothing.safetensors"], "nothing.safetensors"),
    ],
)
def test_what_cannot_be_done_is_said_on_one_screen_and_leaves_nothing(fitted, arguments, said):
    result = fitted("explain", *arguments)
    assert result.exit_code in {1, 2}
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not Path("explanation").exists()


def test_a_model_that_is_not_explained_says_which_are(run):
    content = model_file.pack("music", 1, {"settings": {}}, {"one": torch.zeros(1)})
    Path("tunes.safetensors").write_bytes(content)
    result = run("explain", "tunes.safetensors", "--text", "x")
    assert result.exit_code == 2
    assert "a model of music, which is not explained" in result.stderr
    for job in ("action", "dna", "ner", "sentiment", "series-class", "text"):
        assert job in result.stderr
    assert not Path("explanation").exists()


def test_of_several_networks_one_is_shown(sales, run):
    table = read_table(sales)
    Forecaster(steps=3, ensemble=2, hidden_size=4, horizon=6, lookback=12).fit(table).save(
        "two.safetensors"
    )
    answers = []
    for number in (1, 2):
        result = run("explain", "two.safetensors", "--network", number, "--json")
        figures = json.loads(result.stdout)
        assert f"number {number} is shown" in "".join(figures["notes"])
        answers.append(figures["models"][0]["answer"])
    assert answers[0] != answers[1]
    assert run("explain", "two.safetensors", "--network", 3).exit_code == 2
