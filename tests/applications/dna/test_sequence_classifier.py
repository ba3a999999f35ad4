"""The classifier of sequences: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from made_dna import QUICK, sequences

from recurra.applications.dna import GeneFinder, SequenceClassifier
from recurra.applications.dna.classes.network import Middle
from recurra.applications.dna.classes.report import draw, page
from recurra.applications.dna.classes.rules import Wishes, plan
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback, Checkpoint

ONE = {**QUICK, "networks": 1}


def test_it_learns_what_stands_in_the_middle(classifier: SequenceClassifier) -> None:
    scores = classifier.evaluate(*sequences(200, seed=1))
    assert scores.accuracy >= 0.95
    assert scores.things == "sequences"
    assert classifier.held_out_ is not None
    assert 30 <= classifier.held_out_.count <= 50
    assert classifier.plan_.length == 14
    assert "all are 14 bases long" in " ".join(classifier.notes_)


def test_sequences_together_are_answered_as_one_by_one(classifier: SequenceClassifier) -> None:
    some = ["ACGTNRYK", "A", "", "ACGTCGCGTTAACC", "acgu" * 300]
    together = classifier.predict_proba(some)
    apart = np.concatenate([classifier.predict_proba([one]) for one in some])
    np.testing.assert_allclose(together, apart, atol=1e-6)
    np.testing.assert_allclose(together.sum(1), 1, atol=1e-5)
    assert classifier.predict([]) == []


def test_the_middle_is_that_of_each_row() -> None:
    output = torch.arange(14.0).view(2, 7, 1)
    found = Middle()(output, torch.tensor([7, 4]))
    assert found.tolist() == [[3, 3], [8, 9]]
    assert Middle()(output[:, :4]).tolist() == [[1, 2], [8, 9]]


def test_of_several_lengths_places_mean_nothing() -> None:
    assert plan([60] * 30, Wishes()).sizes.middle
    other = plan([60] * 30 + [61], Wishes())
    assert (other.length, other.sizes.middle) == (0, False)
    rows, labels = sequences(60)
    rows = [one + "ACG"[: n % 3] for n, one in enumerate(rows)]
    found = SequenceClassifier(**ONE).fit(rows, labels)
    assert "lengths differ" in " ".join(found.notes_)
    assert len(found.predict(rows)) == 60


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (SequenceClassifier(**ONE).fit(*sequences(40)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    pairs = (first.networks_[0].state_dict(), second.networks_[0].state_dict())
    assert all(torch.equal(one, pairs[1][name]) for name, one in pairs[0].items())
    third = SequenceClassifier(**ONE, seed=1).fit(*sequences(40))
    name = "windows.dense.weight"
    assert not torch.equal(pairs[0][name], third.networks_[0].state_dict()[name])


def test_a_fresh_process_answers_as_before_saving(
    classifier: SequenceClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    classifier.save(path)
    program = (
        "import sys, json; from recurra.applications.dna import SequenceClassifier as C\n"
        "print(json.dumps(C.load(sys.argv[1]).predict_proba(sys.argv[2:]).tolist()))"
    )
    rows = sequences(5, seed=3)[0]
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), *rows], capture_output=True, check=True
    )
    assert json.loads(ran.stdout) == classifier.predict_proba(rows).tolist()
    loaded = SequenceClassifier.load(path)
    assert loaded.get_params() == classifier.get_params()
    assert (loaded.notes_, loaded.classes_) == (classifier.notes_, classifier.classes_)
    with pytest.raises(ModelFileError, match="answers classes"):
        GeneFinder.load(path)


def test_empty_repeated_and_single_ones_are_counted_in_the_notes() -> None:
    rows, labels = sequences(40)
    found = SequenceClassifier(**QUICK).fit(
        [*rows, "", rows[0], "ACGTACGTACGTAC"],
        [*labels, "plain", {"plain": "island"}.get(labels[0], "plain"), "odd"],
    )
    notes = " ".join(found.notes_)
    assert "1 of the sequences without a base are left out" in notes
    assert "1 sequences repeat another" in notes
    assert "1 stand there with several classes" in notes
    assert "the class 'odd' has one sequence" in notes
    assert found.classes_ == ("island", "odd", "plain")


def test_what_is_of_another_length_or_class_is_said(classifier: SequenceClassifier) -> None:
    notes = " ".join(classifier.said_of(["ACG", "", "A" * 1200], ["island", "plain", "odd"]))
    assert "1 of the sequences are empty" in notes
    assert "2 of the sequences are not 14 bases long" in notes
    assert "1 of the sequences are of classes that the model does not know" in notes
    assert "1 of the sequences are longer than 1,000 bases" in notes
    assert classifier.evaluate(["ACG"], ["odd"]).accuracy == 0


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [
        (["AC", "GT"], ["a"], "2 sequences and 1 labels"),
        (["AC", "GZ"], ["a", "b"], "number 2 of the sequences has the letter 'Z' at place 2"),
        (["AC", None], ["a", "b"], "None is number 2"),
        (["", ""], ["a", "b"], "none with a base"),
        ([], [], "none with a base"),
        (["AC", "GT"], ["a", "a"], "are of the class 'a'"),
        ("AC", ["a", "b"], "a text"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(rows, labels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        SequenceClassifier(**ONE).fit(rows, labels)


@pytest.mark.parametrize("option", [{"units": 0}, {"networks": 1.5}, {"learning_rate": -1.0}])
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        SequenceClassifier(**option).fit(*sequences(30))


def test_few_sequences_are_learned_from_and_nothing_is_claimed() -> None:
    found = SequenceClassifier(**ONE).fit(*sequences(8))
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)
    assert "Nothing was held out" in page(found, name="a", command="b")


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_networks_that_were_trained() -> None:
    found = SequenceClassifier(**QUICK).fit(*sequences(40), watch=[_Stopping(QUICK["epochs"] + 1)])
    assert len(found.networks_) == 1
    assert "interrupted: 1 of 2" in " ".join(found.notes_)
    with pytest.raises(KeyboardInterrupt):
        SequenceClassifier(**QUICK).fit(*sequences(40), watch=[_Stopping(0)])


def test_a_fit_that_was_stopped_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole = SequenceClassifier(**QUICK).fit(*sequences(40))
    kept = Checkpoint(tmp_path / "run", every=1e-9, verbose=0)
    SequenceClassifier(**QUICK).fit(*sequences(40), watch=[_Stopping(5)], checkpoint=kept)
    assert kept.exists
    again = SequenceClassifier(**QUICK).fit(
        *sequences(40), checkpoint=Checkpoint(tmp_path / "run", verbose=0)
    )
    for one, other in zip(whole.networks_, again.networks_, strict=True):
        for name, weight in one.state_dict().items():
            assert torch.equal(weight, other.state_dict()[name]), name
    assert not Checkpoint(tmp_path / "run").exists


def test_the_page_and_the_picture_show_the_figures(classifier: SequenceClassifier) -> None:
    assert draw(classifier).startswith(b"\x89PNG")
    html = page(classifier, name="some.csv", command="recurra fit dna some.csv")
    assert "some.csv" in html
    assert "sequences that were held out" in html
