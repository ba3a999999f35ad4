"""What is explained of a series is the answer to it, and the steps that carry it are found."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_waves import QUICK, waves

from explained import refused, says_the_same
from recurra.applications.series import read_series
from recurra.applications.series_class import SeriesClassifier
from recurra.errors import DataError, OptionError


def test_the_answer_is_the_networks_and_its_steps_lie_along_the_top(series_classifier) -> None:
    (series, *_), _ = waves(60)
    (label,) = series_classifier.predict([series])
    found = series_classifier.explain(series)
    (seen,) = found.seen
    place = series_classifier.classes_.index(label)
    assert seen.answer == pytest.approx(series_classifier.predict_proba([series])[0, place], 1e-4)
    assert found.words.answer == f"the probability of {label}"
    assert found.words.at(0) == "step 0"
    values = np.asarray(series, dtype=float).reshape(len(series), -1)
    assert len(found.values) == len(values) == len(seen.gradients.parts)
    assert any(np.allclose(found.values, one) for one in values.T)
    assert [layer.trace.name for layer in seen.layers] == ["layer 0 forwards", "layer 0 backwards"]
    assert abs(seen.gradients.missing) < 1e-2


def test_a_step_that_alone_tells_the_classes_apart_carries_the_answer() -> None:
    """Noise, with a pulse up or down at one step."""
    chance = np.random.default_rng(0)
    series = [0.1 * chance.normal(size=(20, 1)) for _ in range(40)]
    for number, one in enumerate(series):
        one[13] += 3 if number % 2 else -3
    labels = ["up" if number % 2 else "down" for number in range(40)]
    classifier = SeriesClassifier(**{**QUICK, "epochs": 12}).fit(series, labels)
    assert classifier.predict(series[:2]) == ["down", "up"]
    for one in series[:4]:
        (seen,) = classifier.explain(one).seen
        assert np.abs(seen.gradients.by_step).argmax() == 13
        assert np.abs(seen.hidden.by_step).argmax() == 13


def test_a_long_series_is_explained_as_it_is_read() -> None:
    series, labels = waves(20)
    classifier = SeriesClassifier(**{**QUICK, "epochs": 1}, longest=8).fit(series, labels)
    found = classifier.explain(series[0])
    assert len(found.words.labels) == len(found.values) == 8
    assert found.words.labels[-1] == str(len(series[0]) - 1)
    assert any("is read as 8" in note for note in found.notes)


def test_each_of_several_networks_can_be_shown() -> None:
    series, labels = waves(20)
    classifier = SeriesClassifier(**{**QUICK, "networks": 2, "epochs": 1}).fit(series, labels)
    first, second = (classifier.explain(series[0], network=number) for number in (1, 2))
    assert first.seen[0].answer != second.seen[0].answer
    both = (first.seen[0].answer + second.seen[0].answer) / 2
    assert both == pytest.approx(float(classifier.predict_proba(series[:1]).max()), abs=1e-5)
    assert "of the 2 networks that answer together, number 2 is shown" in second.notes
    for wrong in (0, 3, True):
        with pytest.raises(OptionError, match="network="):
            classifier.explain(series[0], network=wrong)


def test_series_that_cannot_be_read_are_refused(series_classifier) -> None:
    with pytest.raises(DataError):
        series_classifier.explain(np.zeros((5, 7)))
    with pytest.raises(DataError):
        series_classifier.explain(np.zeros((0, series_classifier.channels)))


def test_a_fresh_process_says_the_same_of_a_file(series_classifier, tmp_path: Path) -> None:
    series_classifier.save(tmp_path / "model.safetensors")
    some, labels = waves(3)
    rows = ["series,step,class,left,right"]
    for name, (one, label) in enumerate(zip(some, labels, strict=True)):
        pairs = enumerate(np.asarray(one, dtype=float).tolist())
        rows += [f"s{name},{step},{label},{left!r},{right!r}" for step, (left, right) in pairs]
    (tmp_path / "some.csv").write_text("\n".join(rows) + "\n")
    given = read_series(tmp_path / "some.csv")
    found = series_classifier.explain(given.series[1], title=given.names[1])
    says_the_same(found, tmp_path, "model.safetensors", "some.csv", "--row", "s1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "no DATA"),
        (["--text", "abc"], "--text with model.safetensors"),
        (["none.csv"], "none.csv"),
        (["--at", "2"], "answers at every step"),
        (["--ahead", "2"], "--ahead 2 with a model of series-class"),
    ],
)
def test_what_cannot_be_done_is_said(
    series_classifier, tmp_path: Path, monkeypatch, arguments, said
) -> None:
    monkeypatch.chdir(tmp_path)
    series_classifier.save("model.safetensors")
    refused(said, "model.safetensors", *arguments)
