"""The translator: what it learns, what it writes, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from made_pairs import TINY, columns

from recurra.applications.translate import Translator
from recurra.applications.translate.writing import write
from recurra.applications.words import END, START
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback

ODD = ["", "  \n", "Dog", "☃ §§ \ud800 猫 🂡", "now dog " * 60, "\x00\x07", "A dog\nsees. A cat."]


def test_it_translates_sentences_that_it_never_read(translator: Translator) -> None:
    # The last 40 of the language's sentences were not among those that it was given.
    sources, targets = (side[200:] for side in columns(240))
    found = translator.predict(sources)
    right = sum(one == truth for one, truth in zip(found, targets, strict=True))
    assert len(sources) == 40
    assert right > 30
    assert translator.held_out_ is not None
    assert translator.held_out_.bleu > 60
    # Of other sentences it makes nothing like this.
    assert translator.evaluate(sources[::-1], targets).bleu < 30


def test_together_they_are_translated_as_one_by_one(translator: Translator) -> None:
    sentences = [*columns(12, seed=8)[0], *ODD]
    for beam in (1, 4):
        together = translator.translate(sentences, beam=beam)
        alone = [one for s in sentences for one in translator.translate([s], beam=beam)]
        assert [one.text for one in together] == [one.text for one in alone]
        np.testing.assert_allclose(
            [one.score for one in together], [one.score for one in alone], atol=1e-5
        )
    assert translator.predict([]) == []


def test_the_score_is_the_mean_log_probability_of_what_was_written(
    translator: Translator,
) -> None:
    sentence = "now red cat sings"
    read = translator.languages_.read(sentence)
    (written,) = write(translator.network_, [read], beam=3, ratio=translator.ratio_)
    assert written.ended
    inputs = torch.tensor([[START, *written.numbers[:-1]]])
    with torch.no_grad():
        chances = translator.network_.structure(torch.tensor([read]), inputs)[0]
    each = chances[torch.arange(len(written.numbers)), written.numbers]
    assert written.log_probability == pytest.approx(float(each.sum()), abs=1e-4)
    (found,) = translator.translate([sentence], beam=3)
    assert found.score == pytest.approx(float(each.mean()), abs=1e-5)
    assert found.to_json().keys() == {"source", "translation", "score"}


def test_a_wider_beam_finds_what_is_no_less_likely(poor: Translator) -> None:
    read = [poor.languages_.read(one) for one in columns(8, seed=9)[0]]
    narrow, wide = (write(poor.network_, read, beam=beam, ratio=0.1) for beam in (1, 16))
    means = [
        np.mean([one.log_probability / len(one.numbers) for one in some]) for some in (narrow, wide)
    ]
    assert means[1] >= means[0] - 1e-6


def test_whatever_is_read_gets_one_line(poor: Translator) -> None:
    found = poor.translate(ODD, beam=2)
    assert [one.pieces for one in found] == [0, 0, 1, 1, 3, 1, 1]
    assert found[0].text == found[1].text == ""
    assert all(len(one.text.splitlines()) <= 1 for one in found)
    said = poor.said_of(found)
    assert said[0] == "2 of 7 blank: the translation is blank too"
    assert said[1] == "1 of 7 longer than 100 subwords: translated in pieces"


def test_a_sentence_of_a_hundred_thousand_words_is_translated_in_pieces(
    poor: Translator, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What knows nothing writes as much as it may.
    monkeypatch.setattr(poor, "ratio_", 0.0)
    (one,) = poor.translate(["dog " * 100_000], beam=1)
    assert one.pieces >= 1000
    assert len(one.text.splitlines()) <= 1


def test_pairs_that_are_too_long_or_blank_are_left_out_and_counted() -> None:
    sources, targets = columns(60)
    sources, targets = [*sources, "dog " * 100_000, "a"], [*targets, "Hund", " "]
    # Attention over all pairs of places of the last one would take 40 GB.
    beside = [*columns(5, seed=3)[0], "dog " * 100_000], [*columns(5, seed=3)[1], "Hund " * 99_999]
    notes = Translator(**TINY).fit(sources, targets, validation=beside).notes_
    assert "1 of the pairs have a blank side and are left out" in notes
    assert "1 pairs are longer than 100 subwords: left out" in notes
    assert "61 pairs are learned from, 6 are held out to judge by" in notes
    with pytest.raises(DataError, match="only pairs of more subwords"):
        Translator(**TINY, longest=1).fit(sources, targets)


def test_a_fresh_process_translates_as_before_saving(
    translator: Translator, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    translator.save(path)
    sentences = ["never old man falls", "now dogs", "猫"]
    program = (
        "import json, sys; from recurra.applications.translate import Translator\n"
        "t = Translator.load(sys.argv[1])\n"
        "found = t.translate(json.loads(sys.argv[2]))\n"
        "print(json.dumps([[one.text, one.score] for one in found]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), json.dumps(sentences)],
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout) == [
        [one.text, one.score] for one in translator.translate(sentences)
    ]


@pytest.mark.parametrize("shared", [True, False])
def test_a_file_holds_each_weight_once_and_gives_all_back(shared: bool, tmp_path: Path) -> None:
    found = Translator(**TINY, shared=shared, cell="gru").fit(*columns(60))
    found.save(tmp_path / "m.safetensors")
    loaded = Translator.load(tmp_path / "m.safetensors")
    assert loaded.get_params() == found.get_params()
    ours, theirs = found.network_.state_dict(), loaded.network_.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    numbers = sum(weight.numel() for weight in found.network_.parameters())
    words = sum(map(len, found.languages_.to_tensors().values()))
    assert (tmp_path / "m.safetensors").stat().st_size < 4 * numbers + words + 10_000
    assert loaded.held_out_ is None
    content = (tmp_path / "m.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(content[:-40])
    with pytest.raises(ModelFileError):
        Translator.load(tmp_path / "cut.safetensors")


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second, other = (Translator(**TINY, seed=seed).fit(*columns(60)) for seed in (0, 0, 1))
    assert torch.equal(torch.random.get_rng_state(), state)
    weights = [one.network_.state_dict() for one in (first, second, other)]
    assert all(torch.equal(one, weights[1][name]) for name, one in weights[0].items())
    assert not torch.equal(
        weights[0]["structure.head.embedding.weight"], weights[2]["structure.head.embedding.weight"]
    )


def test_too_few_pairs_are_learned_from_and_it_is_said() -> None:
    found = Translator(**TINY).fit(*columns(5))
    assert found.held_out_ is None
    assert "5 pairs are too few to hold any out" in " ".join(found.notes_)
    assert len(found.predict(["a dog"])) == 1


def test_validation_pairs_that_are_known_are_counted() -> None:
    sources, targets = columns(60)
    found = Translator(**TINY).fit(sources, targets, validation=(sources[:9], targets[:9]))
    assert "9 of the pairs held out stand among the others too" in found.notes_
    assert found.held_out_ is not None
    assert found.held_out_.count == 9


def test_it_looks_where_the_equations_say(poor: Translator) -> None:
    """Luong et al. 2015, eq. 7 and 8: softmax over the source of h' W s."""
    sentence, translation = "now red dog runs", "läuft Hund"
    seen = poor.look(sentence, translation)
    structure = poor.network_.structure
    read = torch.tensor([poor.languages_.read(sentence)])
    written = poor.languages_.written(translation)
    with torch.no_grad():
        s, _ = structure.encoder(structure.source_embedding(read))
        state = structure.start(read).recurrent
        inputs = structure.target_embedding(torch.tensor([[START, *written[:-1]]]))
        h, _ = structure.decoder.recurrent(inputs, state)
        wanted = (h @ structure.decoder.looks.attention.of_value(s).mT).softmax(-1)[0]
    np.testing.assert_allclose(seen.weights, wanted.numpy(), atol=1e-6)
    assert seen.weights.shape == (len(seen.target), len(seen.source))
    assert (seen.source[-1], seen.target[-1]) == ("⏎", "⏎")


def test_what_it_wrote_looks_at_what_it_translates(translator: Translator) -> None:
    seen = translator.look("today green book burns")
    assert seen.target == ("brennt", "Buch", "grün", "heute", "⏎")
    assert seen.source == ("today", "green", "book", "burns", "⏎")
    # Backwards, as the language wants it; the layer that reads tells neighbours of a word too.
    looked = seen.weights[:4].argmax(1)
    assert all(
        abs(int(place) - wanted) <= 1 for place, wanted in zip(looked, (3, 2, 1, 0), strict=True)
    )
    with pytest.raises(DataError, match="blank"):
        translator.look(" ")


def test_what_are_no_texts_is_refused(poor: Translator) -> None:
    for sentences in ("a text", ["a", None], [1]):
        with pytest.raises(DataError, match="a list of texts"):
            poor.predict(sentences)  # type: ignore[arg-type]
    with pytest.raises(OptionError, match="beam=0"):
        poor.predict(["a"], beam=0)
    with pytest.raises(DataError, match="a translation for each"):
        poor.evaluate(["a"], [])
    assert poor.evaluate(["a dog", ""], ["ein Hund", "x"]).count == 1


@pytest.mark.parametrize(
    "option",
    [
        {"units": 0},
        {"epochs": -1},
        {"vocabulary_size": 100},
        {"vocabulary_size": 0},
        {"learning_rate": float("inf")},
        {"longest": 2.5},
    ],
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        Translator(**{**TINY, **option}).fit(*columns(10))


class _Interrupt(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_so_far() -> None:
    found = Translator(**{**TINY, "epochs": 6}).fit(*columns(60), watch=[_Interrupt(2)])
    assert found.notes_[-1] == "interrupted after pass 2 of 6"
    with pytest.raises(KeyboardInterrupt):
        Translator(**TINY).fit(*columns(60), watch=[_Interrupt(0)])
    assert END == 0
