"""What is explained of a recording is the answer to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from explained import says_the_same
from recurra.applications.action import ActionClassifier
from recurra.applications.action.demo import recordings
from recurra.applications.series import read_series


def test_a_recording_is_explained_as_it_is_read_here_and_in_a_fresh_process(tmp_path: Path) -> None:
    (tmp_path / "some.csv").write_text(recordings(20, seed=0))
    given = read_series(tmp_path / "some.csv")
    quick = {"networks": 1, "units": 6, "epochs": 3, "learning_rate": 3e-2, "frames": 24}
    classifier = ActionClassifier(**quick)
    classifier.fit(given.series, given.labels, channels=given.channels)
    found = classifier.explain(given.series[0], title=given.names[0])
    (label,) = classifier.predict([given.series[0]])
    (seen,) = found.seen
    place = classifier.classes_.index(label)
    chance = float(classifier.predict_proba([given.series[0]])[0, place])
    assert seen.answer == pytest.approx(chance, abs=1e-5)
    assert len(found.values) == len(seen.gradients.parts) == 24
    # Places and speeds of each channel.
    assert seen.gradients.parts.shape[1] == 2 * classifier.channels
    assert any("is read as 24" in note for note in found.notes)
    classifier.save(tmp_path / "model.safetensors")
    says_the_same(found, tmp_path, "model.safetensors", "some.csv")
