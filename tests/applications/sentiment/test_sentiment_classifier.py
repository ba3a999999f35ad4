"""The classifier: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from made_reviews import QUICK, reviews
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications.sentiment import SentimentClassifier
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_learns_what_tells_the_classes_apart(classifier: SentimentClassifier) -> None:
    scores = classifier.evaluate(*reviews(100, seed=1))
    assert scores.accuracy >= 0.95
    assert classifier.held_out_ is not None
    # Two networks hold out a tenth each.
    assert 20 <= classifier.held_out_.count <= 60
    assert classifier.held_out_.accuracy >= 0.9


def test_probabilities_are_some_and_the_class_is_the_likeliest(
    classifier: SentimentClassifier,
) -> None:
    texts = ["the tea was lovely", "the cake was rude", "quite unheard of", "", "!"]
    chances = classifier.predict_proba(texts)
    assert chances.shape == (5, 2)
    assert np.allclose(chances.sum(1), 1, atol=1e-5)
    named = [classifier.classes_[place] for place in chances.argmax(1)]
    assert classifier.predict(texts) == named
    assert named[:2] == ["good", "bad"]
    assert classifier.predict_proba([]).shape == (0, 2)
    assert classifier.predict([]) == []


def test_a_batch_of_any_lengths_is_answered_as_one_by_one(classifier: SentimentClassifier) -> None:
    texts = ["tea", "", "the tea was lovely " * 30, "the room was cold", "房间很好", "cake !"]
    together = classifier.predict_proba(texts)
    alone = np.concatenate([classifier.predict_proba([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-6)


def test_words_that_were_never_seen_are_told_apart_by_their_pieces(
    classifier: SentimentClassifier,
) -> None:
    assert not {"loveliest", "rudest"} & set(classifier.lexicon_.vocabulary.symbols)
    good, bad = classifier.predict_proba(["the tea was loveliest", "the tea was rudest"])
    assert not np.allclose(good, bad, atol=1e-4)


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (SentimentClassifier(**QUICK).fit(*reviews(60)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    texts = reviews(20, seed=5)[0]
    assert np.array_equal(first.predict_proba(texts), second.predict_proba(texts))
    other = SentimentClassifier(**QUICK, seed=1).fit(*reviews(60))
    assert not np.array_equal(first.predict_proba(texts), other.predict_proba(texts))


def test_a_fresh_process_predicts_what_was_predicted_before_saving(
    classifier: SentimentClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    classifier.save(path)
    texts = ["the tea was lovely", "the cake was stale today", ""]
    program = (
        "import sys; from recurra.applications.sentiment import SentimentClassifier as S\n"
        "print(S.load(sys.argv[1]).predict_proba(sys.argv[2:]).tolist())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), *texts], capture_output=True, check=True
    )
    assert json.loads(ran.stdout) == classifier.predict_proba(texts).tolist()
    loaded = SentimentClassifier.load(path)
    assert loaded.get_params() == classifier.get_params()
    assert loaded.notes_ == classifier.notes_
    assert loaded.carried(texts[:1]) == classifier.carried(texts[:1])


def test_a_file_that_was_changed_does_not_hold_together(
    classifier: SentimentClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    classifier.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    del arrays["0.vectors.words.weight"]
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        SentimentClassifier.load(path)


def test_any_number_of_classes_and_any_script_can_be_learned() -> None:
    words = {"食": "菜很好吃", "住": "房间干净", "行": "地铁很近"}
    texts, labels = [text for text in words.values() for _ in range(20)], []
    for label in words:
        labels += [label] * 20
    found = SentimentClassifier(**QUICK).fit(texts, labels)
    assert found.classes_ == tuple(sorted(words))
    assert found.predict(list(words.values())) == list(words)
    assert "letters of a script without spaces" in " ".join(found.notes_)


def test_a_class_with_one_text_is_kept_in_training_and_said() -> None:
    texts, labels = reviews(60)
    found = SentimentClassifier(**QUICK).fit([*texts, "a lone walrus"], [*labels, "odd"])
    assert "the class 'odd' has one text" in " ".join(found.notes_)
    assert found.classes_ == ("bad", "good", "odd")


def test_empty_repeated_and_long_texts_are_counted_in_the_notes() -> None:
    texts, labels = reviews(40)
    long = "tea " * 20_000
    found = SentimentClassifier(**QUICK, longest=12).fit(
        [*texts, " ", long, texts[0]], [*labels, "good", "bad", "bad"]
    )
    notes = " ".join(found.notes_)
    assert "1 of the texts is empty and left out" in notes
    assert "1 text is longer than 12 tokens" in notes
    assert "repeat another" in notes
    said = found.said_of(["", long, "tea"], ["good", "bad", "never"])
    assert [line.split()[0] for line in said] == ["1", "1", "1"]
    # Of a long text the first half and the last half are read.
    assert np.array_equal(
        found.predict_proba([long]), found.predict_proba(["tea " * 6 + "cake " * 50 + "tea " * 6])
    )


@pytest.mark.parametrize(
    ("texts", "labels", "said"),
    [
        (["a b", "c d"], ["x"], "2 texts and 1 labels"),
        ("a text", ["x"] * 6, "labels"),
        (["a", "b"], ["x", "x"], "are of the class 'x'"),
        (["", "  "], ["x", "y"], "none with a word"),
        ([], [], "none with a word"),
        (["a", None], ["x", "y"], "None among the texts"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(texts, labels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        SentimentClassifier(**QUICK).fit(texts, labels)


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"networks": 1.5}, {"learning_rate": -1.0}, {"longest": 0}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        SentimentClassifier(**option).fit(*reviews(30))


def test_validation_texts_choose_and_are_judged_and_may_hold_no_new_class() -> None:
    found = SentimentClassifier(**QUICK).fit(*reviews(60), validation=reviews(30, seed=2))
    assert found.held_out_ is not None
    assert found.held_out_.count == 30
    with pytest.raises(DataError, match="validation texts of the class 'odd'"):
        SentimentClassifier(**QUICK).fit(*reviews(60), validation=(["a walrus"], ["odd"]))


def test_few_texts_are_learned_from_and_nothing_is_claimed() -> None:
    found = SentimentClassifier(**QUICK).fit(["fine tea", "rude tea", "fine", "rude"], [*"gbgb"])
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)


def test_evaluation_counts_classes_that_it_does_not_know_as_wrong(
    classifier: SentimentClassifier,
) -> None:
    scores = classifier.evaluate(["the tea was lovely", "the tea was lovely"], ["good", "odd"])
    assert scores.accuracy == 0.5
    with pytest.raises(DataError, match="0 texts"):
        classifier.evaluate([], [])


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch, self.begun, self.ended = epoch, 0, 0

    def on_train_begin(self, trainer) -> None:
        self.begun += 1

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt

    def on_train_end(self, trainer) -> None:
        self.ended += 1


def test_an_interrupt_keeps_the_networks_that_were_trained() -> None:
    watch = _Stopping(8)
    found = SentimentClassifier(**QUICK).fit(*reviews(60), watch=[watch])
    assert len(found.networks_) == 1
    assert "interrupted: 1 of 2" in " ".join(found.notes_)
    assert (watch.begun, watch.ended) == (1, 1)
    assert found.predict(["the tea was lovely"])
    with pytest.raises(KeyboardInterrupt):
        SentimentClassifier(**QUICK).fit(*reviews(60), watch=[_Stopping(0)])


def test_what_carried_an_answer_is_what_its_absence_changes(
    classifier: SentimentClassifier,
) -> None:
    text = "The tea was lovely , today"
    (found,) = classifier.carried([text])
    assert found.label == "good"
    shown = [text[one.start : one.end] for one in found.words]
    assert shown == ["The", "tea", "was", "lovely", ",", "today"]
    assert shown[int(np.argmax(found.weights))] == "lovely"
    place = classifier.classes_.index("good")
    whole, without = classifier.predict_proba([text, "The tea was  , today"])[:, place]
    assert found.weights[3] == pytest.approx(whole - without, abs=1e-6)
    assert found.to_json()["words"][3]["word"] == "lovely"
    assert classifier.carried([""])[0].words == ()


def test_of_a_text_of_a_hundred_thousand_words_those_that_are_read_are_left_out(
    classifier: SentimentClassifier,
) -> None:
    long, most = "lovely " + "tea " * 100_000 + "rude", classifier.plan_.longest
    (found,) = classifier.carried([long])
    assert len(found.words) == most
    assert long[found.words[-1].start :] == "rude"
    named = classifier.classes_.index(found.label)
    short = "lovely " + "tea " * (most - 2) + "rude"
    whole, without = classifier.predict_proba([long, short.removesuffix("rude")])[:, named]
    assert found.weights[-1] == pytest.approx(whole - without, abs=1e-6)


def test_it_keeps_to_the_rules_of_an_estimator() -> None:
    found = SentimentClassifier(units=5)
    assert found.get_params()["units"] == 5
    assert repr(found.set_params(seed=3)) == "SentimentClassifier(units=5, seed=3)"
