"""What is explained of a sequence is the answer to it, and the bases that carry it are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_dna import sequences

from explained import refused, says_the_same
from recurra.errors import DataError, OptionError


def test_the_answer_is_the_networks_and_its_bases_stand_along_the_top(classifier) -> None:
    (sequence, *_), _ = sequences(200)
    (label,) = classifier.predict([sequence])
    found = classifier.explain(sequence)
    (seen,) = found.seen
    if len(classifier.networks_) == 1:
        place = classifier.classes_.index(label)
        chance = float(classifier.predict_proba([sequence])[0, place])
        assert seen.answer == pytest.approx(chance, abs=1e-5)
    assert found.words.answer == f"the probability of {label}"
    assert "".join(found.words.labels) == sequence.upper()
    assert len(seen.gradients.parts) == len(sequence)
    assert abs(seen.gradients.missing) < 1e-2


def test_the_bases_without_which_the_class_is_another_carry_it(classifier) -> None:
    given, _ = sequences(200)
    for sequence in given[:5]:
        (seen,) = classifier.explain(sequence).seen
        place = int(seen.hidden.by_step.argmax())
        without = sequence[:place] + "N" + sequence[place + 1 :]
        number = classifier.classes_.index(classifier.predict([sequence])[0])
        chances = classifier.predict_proba([sequence, without])[:, number]
        assert chances[1] < chances[0]


def test_what_is_no_sequence_is_refused(classifier) -> None:
    with pytest.raises(DataError, match="without a base"):
        classifier.explain("")
    with pytest.raises(DataError):
        classifier.explain("ACGT!")
    with pytest.raises(OptionError, match="network=9"):
        classifier.explain("ACGT", network=9)


def test_a_fresh_process_says_the_same_and_genes_are_not_explained(
    classifier, finder, tmp_path: Path, monkeypatch
) -> None:
    classifier.save(tmp_path / "model.safetensors")
    given, _ = sequences(3)
    (tmp_path / "some.fasta").write_text("".join(f">s{n}\n{o}\n" for n, o in enumerate(given)))
    found = classifier.explain(given[2])
    says_the_same(found, tmp_path, "model.safetensors", "some.fasta", "--row", "s2")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    finder.save("genes.safetensors")
    refused("a model of genes", "genes.safetensors", "--text", given[0])
    refused("from 1 to 3", "../model.safetensors", "../some.fasta", "--row", 4)
