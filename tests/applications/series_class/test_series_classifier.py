"""The classifier of series: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch
from made_waves import QUICK, waves
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications import series_learning as learning
from recurra.applications.series_class import SeriesClassifier
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_learns_what_tells_the_classes_apart(series_classifier: SeriesClassifier) -> None:
    scores = series_classifier.evaluate(*waves(40, seed=1))
    assert scores.accuracy >= 0.95
    assert scores.to_json()["series"] == 40
    held = series_classifier.held_out_
    assert held is not None
    # Each of 60 series was held out once.
    assert held.count == 60
    assert held.accuracy >= 0.9


def test_a_batch_of_any_lengths_is_answered_as_one_by_one(
    series_classifier: SeriesClassifier,
) -> None:
    series = [np.ones((n, 2)) * n for n in (1, 40, 2, 9)]
    series[3][4] = np.nan
    together = series_classifier.predict_proba(series)
    alone = np.concatenate([series_classifier.predict_proba([one]) for one in series])
    assert np.allclose(together, alone, atol=1e-6)
    assert np.allclose(together.sum(1), 1, atol=1e-5)
    named = [series_classifier.classes_[place] for place in together.argmax(1)]
    assert series_classifier.predict(series) == named
    assert series_classifier.predict_proba([]).shape == (0, 2)


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (SeriesClassifier(**QUICK).fit(*waves(30)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    series = waves(8, seed=5)[0]
    assert np.array_equal(first.predict_proba(series), second.predict_proba(series))
    other = SeriesClassifier(**QUICK, seed=1).fit(*waves(30))
    assert not np.array_equal(first.predict_proba(series), other.predict_proba(series))


def test_a_fresh_process_predicts_what_was_predicted_before_saving(
    series_classifier: SeriesClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    series_classifier.save(path)
    series = [one.tolist() for one in waves(6, seed=3)[0]]
    program = (
        "import json, sys; from recurra.applications.series_class import SeriesClassifier as S\n"
        "print(S.load(sys.argv[1]).predict_proba(json.loads(sys.argv[2])).tolist())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), json.dumps(series)],
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout) == series_classifier.predict_proba(series).tolist()
    loaded = SeriesClassifier.load(path)
    assert loaded.get_params() == series_classifier.get_params()
    assert loaded.notes_ == series_classifier.notes_
    assert loaded.held_out_ is None


def test_a_file_that_was_changed_does_not_hold_together(
    series_classifier: SeriesClassifier, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    series_classifier.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    arrays.popitem()
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        SeriesClassifier.load(path)


def test_a_class_with_one_series_is_learned_and_said() -> None:
    series, labels = waves(20)
    found = SeriesClassifier(**QUICK).fit([*series, np.zeros((5, 2))], [*labels, "odd"])
    assert "the class 'odd' has one alone" in " ".join(found.notes_)
    assert found.classes_ == ("down", "odd", "up")
    assert found.held_out_ is not None
    assert found.held_out_.count == 20


def test_few_series_are_learned_from_and_nothing_is_claimed() -> None:
    found = SeriesClassifier(**QUICK).fit(*waves(4))
    assert found.held_out_ is None
    assert "too few to hold any out" in " ".join(found.notes_)


def test_groups_are_held_out_whole() -> None:
    series, labels = waves(24)
    found = SeriesClassifier(**QUICK).fit(series, labels, groups=[n // 8 for n in range(24)])
    assert found.held_out_ is not None
    assert found.held_out_.count == 24
    assert "in 3 groups that are held out whole" in " ".join(found.notes_)


def test_long_series_are_drawn_together_and_said() -> None:
    series, labels = waves(20)
    found = SeriesClassifier(**QUICK, longest=8).fit(series, labels)
    longer = sum(len(one) > 8 for one in series)
    assert f"{longer} series of more than 8 steps" in " ".join(found.notes_)
    assert "1 series of more than 8 steps" in found.said_of([np.zeros((9, 2))])[0]


def test_classes_that_are_unknown_count_as_wrong_and_are_said(
    series_classifier: SeriesClassifier,
) -> None:
    series, labels = waves(4, seed=1)
    scores = series_classifier.evaluate(series, [*labels[:2], "odd", "odd"])
    assert scores.accuracy <= 0.5
    assert "2 series are of classes" in series_classifier.said_of(series, ["odd"] * 2)[0]
    with pytest.raises(DataError, match="0 series"):
        series_classifier.evaluate([], [])


def test_series_of_other_channels_are_refused(series_classifier: SeriesClassifier) -> None:
    with pytest.raises(DataError, match="2, as the model has"):
        series_classifier.predict([np.ones((4, 3))])


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"networks": 1.5}, {"learning_rate": -1.0}, {"longest": 1}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        SeriesClassifier(**option).fit(*waves(12))


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


# Five networks are judged, four passes each; then two learn from all.
@pytest.mark.parametrize(("epoch", "members"), [(2, 1), (9, 2), (22, 5), (25, 1)])
def test_an_interrupt_keeps_the_best_there_is(epoch: int, members: int) -> None:
    watch = _Stopping(epoch)
    found = SeriesClassifier(**{**QUICK, "networks": 2}).fit(*waves(30), watch=[watch])
    assert len(found.members_) == members
    assert "interrupted" in found.notes_[-1]
    assert (watch.begun, watch.ended) == (1, 1)
    assert found.predict(waves(2)[0])


def test_an_interrupt_before_anything_was_learned_is_one() -> None:
    with pytest.raises(KeyboardInterrupt):
        SeriesClassifier(**QUICK).fit(*waves(20), watch=[_Stopping(0)])


def test_the_report_is_a_page_a_picture_and_figures(series_classifier: SeriesClassifier) -> None:
    fit = series_classifier.fitted()
    found = json.loads(json.dumps(learning.figures(fit), allow_nan=False))
    assert found["held_out"]["accuracy"] == series_classifier.held_out_.accuracy
    page = learning.page(fit, title="Waves", name="<script>", command="recurra")
    assert found["verdict"] in unescape(page)
    assert "<script" not in page
    for outside in ("http://", "https://", "<link", "@import"):
        assert outside not in page
    assert learning.draw(fit) == learning.draw(fit)
    assert learning.draw(fit).startswith(b"\x89PNG")


def test_the_rules_follow_the_number_of_series_and_wishes_come_first() -> None:
    plan, wishes = learning.plan, learning.Wishes()
    assert [plan(n, wishes).epochs for n in (40, 270, 10**5)] == [120, 71, 20]
    assert [plan(n, wishes).networks for n in (40, 30_000)] == [3, 1]
    assert [plan(n, wishes).judged for n in (40, 3000)] == [5, 1]
    assert plan(5, wishes).folds == 0
    chosen = plan(40, learning.Wishes(units=7, networks=2, epochs=3))
    assert (chosen.sizes.units, chosen.networks, chosen.epochs) == (7, 2, 3)
