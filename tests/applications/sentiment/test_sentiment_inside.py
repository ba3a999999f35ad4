"""What is explained of a text is the answer to it, and its words carry it."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pytest
from made_reviews import reviews
from typer.testing import CliRunner

from recurra.cli.main import app
from recurra.errors import DataError


def test_the_answer_is_the_networks_and_its_words_stand_along_the_top(classifier):
    text = reviews(160)[0][0]
    (label,) = classifier.predict([text])
    found = classifier.explain(text)
    (seen,) = found.seen
    alone = copy.copy(classifier)
    alone.networks_ = classifier.networks_[:1]
    chance = alone.predict_proba([text])[0, classifier.classes_.index(label)]
    assert seen.answer == pytest.approx(float(chance), abs=1e-5)
    assert found.notes == ("of the 2 networks that answer together, number 1 is shown",)
    assert found.words.labels == [
        text[t.start : t.end] for t in classifier.carried([text])[0].words
    ]
    assert found.words.answer == f"the probability of {label}"
    forwards, backwards = seen.layers
    assert forwards.trace.name == "layer 0 forwards"
    assert len(backwards.trace.output) == len(found.words.labels) == len(seen.gradients.parts)


def test_the_word_that_tells_them_apart_weighs_most(classifier):
    text = reviews(160)[0][0]
    found = classifier.explain(text)
    heaviest = found.words.labels[int(np.abs(found.seen[0].gradients.by_step).argmax())]
    weights = classifier.carried([text])[0]
    carried = [text[t.start : t.end] for t in weights.words]
    top = [carried[n] for n in np.argsort(-np.abs(weights.weights))[:3]]
    assert heaviest in top


def test_a_text_without_a_word_is_refused(classifier):
    with pytest.raises(DataError, match="without a word"):
        classifier.explain("   ")


def test_the_command_explains_a_text_or_one_of_a_file(classifier, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    classifier.save("model.safetensors")
    texts = [text.strip() for text in reviews(160)[0][:2]]
    Path("texts.txt").write_text("\n".join(texts) + "\n")

    def run(*arguments):
        return CliRunner().invoke(app, ["explain", "model.safetensors", *arguments])

    by_text = run("--text", texts[1], "--json")
    by_row = run("texts.txt", "--row", "2", "--json")
    assert by_text.exit_code == 0, by_text.output
    assert json.loads(by_text.stdout) == json.loads(by_row.stdout)
    assert "explanation.html" in [path.name for path in Path("explanation").iterdir()]
    for arguments, said in (
        ([], "neither a text nor DATA"),
        (["texts.txt", "--row", "3"], "from 1 to 2"),
        (["texts.txt", "--text", "good"], "both a text and texts.txt"),
    ):
        result = run(*arguments)
        assert result.exit_code == 2
        assert said in result.stderr


def test_words_stand_in_quotes_in_sentences(classifier):
    found = classifier.explain("the tea was lovely")
    assert '"' in found.sentences[1]
    assert found.words.at(3) == '"lovely"'
