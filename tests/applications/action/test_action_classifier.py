"""Skeletons, and the classifier of actions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from recurra.applications.action import ActionClassifier
from recurra.applications.action.demo import recordings
from recurra.applications.action.preparation import Motion
from recurra.applications.action.skeleton import Skeleton
from recurra.applications.series import Collection, read_series
from recurra.errors import DataError, ModelFileError, OptionError

QUICK = {"networks": 1, "units": 6, "epochs": 5, "learning_rate": 3e-2, "batch_size": 8}
JOINTS = [f"{joint}_{axis}" for joint in ("Neck", "hip", "hand") for axis in "xyz"]


def made(folder: Path, count: int, seed: int = 0) -> Collection:
    path = folder / f"{seed}.csv"
    path.write_text(recordings(count, seed=seed))
    return read_series(path)


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> ActionClassifier:
    found = made(tmp_path_factory.mktemp("made"), 30)
    classifier = ActionClassifier(**QUICK)
    return classifier.fit(found.series, found.labels, channels=found.channels, groups=found.groups)


def test_joints_are_found_by_their_names_and_nothing_else_is_a_skeleton() -> None:
    assert Skeleton.of(JOINTS) == Skeleton(3, root=1, top=0)
    assert Skeleton.of(["a.x", "a.y", "a.z", "b.x", "b.y", "b.z"]) == Skeleton(2)
    assert Skeleton.of([name.upper() for name in JOINTS]) == Skeleton(3, root=1, top=0)
    for other in (JOINTS[:-1], JOINTS[::-1], ["u", "v", "w"] * 2, [], ["a_x", "b_y", "a_z"] * 2):
        assert Skeleton.of(other) is None


@given(st.floats(0.2, 5), st.lists(st.floats(-5, 5), min_size=3, max_size=3), st.integers(0, 99))
def test_neither_place_nor_size_of_a_body_matters(
    size: float, place: list[float], seed: int
) -> None:
    chance = torch.Generator().manual_seed(seed)
    points = torch.randn(6, 4, 3, generator=chance)
    moved = points * size + torch.tensor(place)
    for skeleton in (Skeleton(4, 1, 0), Skeleton(4)):
        one, other = (skeleton.centred(body.reshape(6, -1)) for body in (points, moved))
        assert torch.allclose(one, other, atol=1e-3)


def test_a_centred_body_has_its_root_at_the_origin_and_length_1() -> None:
    points = torch.randn(5, 3, 3, generator=torch.Generator().manual_seed(0))
    found = Skeleton(3, root=1, top=0).centred(points.reshape(5, -1)).reshape(5, 3, 3)
    assert found[:, 1].abs().max() == 0
    lengths = (found[:, 0] - found[:, 1]).square().sum(-1).sqrt()
    assert lengths.median() == pytest.approx(1, abs=1e-5)


def test_a_body_without_length_is_left_as_it_is() -> None:
    assert torch.equal(Skeleton(2, 0, 1).centred(torch.zeros(3, 6)), torch.zeros(3, 6))


def test_what_is_varied_keeps_the_lengths_between_joints() -> None:
    body = torch.randn(1, 9, generator=torch.Generator().manual_seed(1)).expand(12, 9)
    motion = Motion.of([body.numpy()], Skeleton.of(JOINTS), 7)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        found = motion.varied(motion.prepared(body.numpy())).reshape(7, 3, 3)
    still = motion.prepared(body.numpy()).reshape(12, 3, 3)
    assert torch.allclose(torch.cdist(found, found)[0], torch.cdist(still, still)[0], atol=1e-4)
    assert not torch.allclose(found[0], still[0], atol=1e-3)


def test_a_network_sees_places_and_speeds() -> None:
    motion = Motion.of([np.arange(10, dtype=np.float32)[:, None]], None, 5)
    seen = motion.shown(motion.prepared(np.arange(10, dtype=np.float32)[:, None]))
    assert seen.shape == (5, 2)
    assert seen[0, 1] == 0
    assert torch.allclose(seen[1:, 1], 5 * seen[:, 0].diff())
    assert Motion.from_json(motion.to_json()) == motion


def test_it_learns_actions_of_people_it_has_not_seen(
    actions: ActionClassifier, tmp_path: Path
) -> None:
    other = made(tmp_path, 15, seed=1)
    assert actions.evaluate(other.series, other.labels).accuracy >= 0.9
    assert actions.held_out_ is not None
    assert actions.held_out_.count == 30
    notes = " ".join(actions.notes_)
    assert "in 5 groups that are held out whole" in notes
    assert "5 joints, centred on joint 1, scaled by its distance from joint 2" in notes
    moved = [one * 3 + 7 for one in other.series]
    assert np.allclose(actions.predict_proba(moved), actions.predict_proba(other.series), atol=1e-3)


def test_saved_and_loaded_it_answers_the_same(actions: ActionClassifier, tmp_path: Path) -> None:
    other = made(tmp_path, 6, seed=2)
    actions.save(tmp_path / "m.safetensors")
    loaded = ActionClassifier.load(tmp_path / "m.safetensors")
    assert np.array_equal(loaded.predict_proba(other.series), actions.predict_proba(other.series))
    assert loaded.get_params() == actions.get_params()
    (tmp_path / "bad.safetensors").write_bytes(b"no model")
    with pytest.raises(ModelFileError):
        ActionClassifier.load(tmp_path / "bad.safetensors")


def test_sensors_with_gaps_are_learned_from_too() -> None:
    chance = np.random.default_rng(0)
    labels = ["shake", "rest"] * 12
    series = [chance.normal(0, 1 if one == "shake" else 0.1, (20, 2)) for one in labels]
    series[0][3:6, 1] = np.nan
    found = ActionClassifier(**QUICK).fit(series, labels)
    assert found.evaluate(series, labels).accuracy >= 0.9
    assert "the channels are 2 sensors" in " ".join(found.notes_)
    assert "3 of 960 values are missing" in " ".join(found.notes_)


def test_what_cannot_be_learned_from_is_refused(actions: ActionClassifier) -> None:
    with pytest.raises(OptionError, match="frames"):
        ActionClassifier(frames=1).fit([np.ones((4, 2))] * 2, [*"ab"])
    with pytest.raises(DataError, match="as the model has"):
        actions.predict([np.ones((4, 3))])
