"""The classifier of videos: what it learns, what it says, what it refuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from made_clips import QUICK, SIDE, clips

from recurra.applications.action import ActionClassifier
from recurra.applications.action.videos import VideoClassifier
from recurra.applications.action.videos.clips import Clips
from recurra.applications.action.videos.rules import plan
from recurra.applications.series_learning import Wishes
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_tells_actions_apart_that_differ_in_their_order_alone(
    video_classifier: VideoClassifier,
) -> None:
    unseen, labels = clips(40, seed=1)
    assert video_classifier.evaluate(unseen, labels).accuracy >= 0.95
    backwards = [one[::-1] for one in unseen]
    other = ["left" if one == "right" else "right" for one in labels]
    assert video_classifier.evaluate(backwards, other).accuracy >= 0.95
    held = video_classifier.held_out_
    assert held is not None
    assert (held.count, held.things) == (12, "videos")


def test_clips_of_any_length_are_answered_as_one_by_one(video_classifier: VideoClassifier) -> None:
    some = [clips(4)[0][n][: n + 1] for n in range(4)] + [np.repeat(clips(1)[0][0], 9, 0)]
    together = video_classifier.predict_proba(some)
    alone = np.concatenate([video_classifier.predict_proba([one]) for one in some])
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(together.sum(1), 1, atol=1e-5)
    assert video_classifier.predict_proba([]).shape == (0, 2)


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    tiny = {**QUICK, "epochs": 1}
    state = torch.random.get_rng_state()
    first, second = (VideoClassifier(**tiny).fit(*clips(12)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    some = clips(4, seed=5)[0]
    assert np.array_equal(first.predict_proba(some), second.predict_proba(some))
    other = VideoClassifier(**tiny, seed=1).fit(*clips(12))
    assert not np.array_equal(first.predict_proba(some), other.predict_proba(some))


def test_a_fresh_process_predicts_what_was_predicted_before_saving(
    video_classifier: VideoClassifier, tmp_path: Path
) -> None:
    path, some = tmp_path / "m.safetensors", clips(5, seed=2)[0]
    video_classifier.save(path)
    np.save(tmp_path / "clips.npy", np.stack(some))
    program = (
        "import sys, numpy as np; from recurra.applications.action.videos import VideoClassifier\n"
        "found = VideoClassifier.load(sys.argv[1]).predict_proba(list(np.load(sys.argv[2])))\n"
        "np.save(sys.argv[3], found)"
    )
    files = [str(path), str(tmp_path / "clips.npy"), str(tmp_path / "found.npy")]
    subprocess.run([sys.executable, "-c", program, *files], check=True)
    own = video_classifier.predict_proba(some)
    assert np.array_equal(np.load(tmp_path / "found.npy"), own)
    loaded = VideoClassifier.load(path)
    assert loaded.get_params() == video_classifier.get_params()
    assert loaded.notes_ == video_classifier.notes_
    assert (loaded.held_out_, loaded.side_) == (None, SIDE)


def test_models_of_videos_and_of_series_are_not_taken_for_each_other(
    video_classifier: VideoClassifier, tmp_path: Path
) -> None:
    video_classifier.save(tmp_path / "v.safetensors")
    with pytest.raises(ModelFileError, match="reads videos"):
        ActionClassifier.load(tmp_path / "v.safetensors")
    found = ActionClassifier(networks=1, units=2, epochs=1, batch_size=4)
    found.fit([np.ones((4, 2)) * n for n in range(4)], [*"abab"])
    found.save(tmp_path / "s.safetensors")
    with pytest.raises(ModelFileError, match="reads series"):
        VideoClassifier.load(tmp_path / "s.safetensors")


def test_a_class_with_one_video_is_learned_and_said() -> None:
    some, labels = clips(12)
    found = VideoClassifier(**{**QUICK, "epochs": 1}).fit([*some, some[0]], [*labels, "odd"])
    assert "the class 'odd' has one alone" in " ".join(found.notes_)
    assert found.classes_ == ("left", "odd", "right")


def test_few_videos_are_learned_from_and_nothing_is_claimed() -> None:
    found = VideoClassifier(**{**QUICK, "epochs": 1}).fit(*clips(4))
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)


@pytest.mark.parametrize(
    ("given", "labels", "said"),
    [
        ([], [], "0 videos"),
        (clips(2)[0], ["a"], "2 videos and 1 classes"),
        (clips(2)[0], ["a", "a"], "all 2 videos are of the class 'a'"),
        ([clips(1)[0][0], clips(1)[0][0][:, :8, :8]], ["a", "b"], "video 2 is uint8 of shape"),
        ([np.zeros((3, 16, 16, 3))] * 2, ["a", "b"], "video 1 is float64"),
        ([np.zeros((0, 16, 16, 3), np.uint8)] * 2, ["a", "b"], "at least 1"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(given, labels, said: str) -> None:
    with pytest.raises(DataError, match=said):
        VideoClassifier(**QUICK).fit(given, labels)


def test_frames_of_another_size_and_options_out_of_range_are_refused(
    video_classifier: VideoClassifier,
) -> None:
    with pytest.raises(DataError, match="S = 16, as the model has"):
        video_classifier.predict([np.zeros((3, 24, 24, 3), np.uint8)])
    for option in ({"frames": 1}, {"units": 0}, {"networks": 1.5}):
        with pytest.raises(OptionError):
            VideoClassifier(**option).fit(*clips(12))


class _Stopping(Callback):
    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == 3:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_there_is() -> None:
    found = VideoClassifier(**{**QUICK, "epochs": 2}).fit(*clips(12), watch=[_Stopping()])
    assert "interrupted" in found.notes_[-1]
    assert found.predict(clips(2)[0])


def test_what_is_varied_is_a_part_in_its_order_and_the_whole_is_shown() -> None:
    series = torch.arange(40, dtype=torch.uint8).unsqueeze(1).expand(40, 3 * 12 * 12).contiguous()
    shown = Clips(12, 10)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        varied = shown.varied(series * 2 + 60)
    assert varied.shape == (10, 3 * 12 * 12)
    steps = varied.float().mean(1).diff()
    assert (steps > 0).all()
    seen = shown.shown(series)
    assert seen[0].mean() == pytest.approx(2 / 127.5 - 1)
    assert seen[-1].mean() == pytest.approx(38 / 127.5 - 1)
    assert Clips.from_json(shown.to_json()) == shown


def test_the_rules_follow_the_number_of_videos_and_wishes_come_first() -> None:
    assert [plan(n, Wishes()).epochs for n in (40, 300, 10**5)] == [60, 32, 10]
    assert (plan(5, Wishes()).folds, plan(50, Wishes()).judged) == (0, 1)
    chosen = plan(40, Wishes(units=7, networks=2, epochs=3))
    assert (chosen.sizes.units, chosen.networks, chosen.epochs) == (7, 2, 3)
