"""What makes pictures better: what it learns, what it says, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch
from made_pictures import QUICK, TINY, pictures
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications.enhance import Enhancer, report
from recurra.applications.enhance.rules import Wishes, plan
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_takes_noise_away_better_than_a_median_filter(enhancer: Enhancer) -> None:
    scores = enhancer.evaluate(pictures(6, seed=1), names=[f"p{n}" for n in range(6)])
    given, filtered, own = (scores.mean(way, "psnr") for way in ("given", "median", "enhanced"))
    assert given == pytest.approx(20.17, abs=0.15)
    assert own > filtered > given
    assert scores.mean("enhanced", "ssim") > scores.mean("given", "ssim")
    assert [row.name for row in scores.rows] == [f"p{n}" for n in range(6)]
    held = enhancer.held_out_
    assert held is not None
    assert held.count == 2
    assert held.mean("enhanced", "psnr") > held.mean("given", "psnr") + 3
    eight = enhancer.evaluate(pictures(6, seed=1), ways=True)
    assert eight.mean("enhanced", "psnr") > own


def test_the_noise_of_an_evaluation_is_always_the_same(enhancer: Enhancer) -> None:
    torch.manual_seed(7)
    first = enhancer.evaluate(pictures(2, seed=1)).to_json()
    torch.manual_seed(8)
    assert enhancer.evaluate(iter(pictures(2, seed=1))).to_json() == first


def test_pairs_are_learned_from_without_any_noise() -> None:
    clean = pictures(12)
    given = [(0.5 * one + 60).astype(np.uint8) for one in clean]
    found = Enhancer(**QUICK).fit(clean, given)
    unseen = pictures(3, seed=5)
    scores = found.evaluate(unseen, [(0.5 * one + 60).astype(np.uint8) for one in unseen])
    assert scores.mean("enhanced", "psnr") > scores.mean("given", "psnr") + 6
    assert "noise" not in " ".join(found.notes_)
    with pytest.raises(OptionError, match="learned from pairs"):
        found.evaluate(unseen)


def test_before_it_learned_anything_it_leaves_pictures_as_they_are() -> None:
    found = Enhancer(**{**TINY, "steps": 1}, learning_rate=1e-12).fit(pictures(3))
    for one in (*pictures(2, seed=2, height=17, width=21), np.full((3, 5), 7, np.uint8)):
        assert np.allclose(found.predict([one])[0], one / 255, atol=1e-5)


def test_pictures_together_are_answered_as_one_by_one(enhancer: Enhancer) -> None:
    given = [*pictures(2, seed=3), pictures(1, height=19, width=50)[0][:, :, 0] / 255.0]
    together = enhancer.predict(given)
    assert [one.shape for one in together] == [one.shape for one in given]
    for one, alone in zip(together, given, strict=True):
        assert np.array_equal(one, enhancer.predict([alone])[0])
        assert one.min() >= 0
        assert one.max() <= 1


def test_colours_and_grey_are_done_by_either_kind_of_model(
    enhancer: Enhancer, of_colours: Enhancer
) -> None:
    grey = pictures(1, seed=4)[0]
    colour = np.concatenate([grey, 255 - grey, grey // 2], 2)
    assert (enhancer.channels_, of_colours.channels_) == (1, 3)
    alone = [enhancer.predict([colour[:, :, n : n + 1]])[0] for n in range(3)]
    assert np.allclose(enhancer.predict([colour])[0], np.concatenate(alone, 2), atol=1e-6)
    assert of_colours.predict([colour])[0].shape == colour.shape
    assert of_colours.predict([grey])[0].shape == grey.shape
    assert "4 of them are grey" not in " ".join(enhancer.notes_)
    assert of_colours.evaluate([grey, colour]).count == 2


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (Enhancer(**TINY).fit(pictures(9)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    one = pictures(1, seed=5)
    assert np.array_equal(first.predict(one)[0], second.predict(one)[0])
    other = Enhancer(**TINY, seed=1).fit(pictures(9))
    assert not np.array_equal(first.predict(one)[0], other.predict(one)[0])


def test_a_fresh_process_predicts_what_was_predicted_before_saving(
    enhancer: Enhancer, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    enhancer.save(path)
    one = pictures(1, seed=6, height=20, width=18)[0]
    program = (
        "import json, sys, numpy as np; from recurra.applications.enhance import Enhancer\n"
        "one = np.array(json.loads(sys.argv[2]), np.uint8)\n"
        "print(Enhancer.load(sys.argv[1]).predict([one])[0].tolist())"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), json.dumps(one.tolist())],
        capture_output=True,
        check=True,
    )
    assert json.loads(ran.stdout) == enhancer.predict([one])[0].tolist()
    loaded = Enhancer.load(path)
    assert loaded.get_params() == enhancer.get_params()
    assert loaded.notes_ == enhancer.notes_
    assert (loaded.held_out_, loaded.samples_) == (None, [])


def test_a_file_that_was_changed_does_not_hold_together(
    of_colours: Enhancer, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    of_colours.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    arrays.popitem()
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        Enhancer.load(path)


def test_few_pictures_are_learned_from_and_nothing_is_claimed() -> None:
    found = Enhancer(**TINY).fit(pictures(3))
    assert found.held_out_ is None
    assert "too few to hold any out" in found.notes_[0]
    assert report.draw(found).startswith(b"\x89PNG")


def test_pictures_of_mixed_sizes_are_learned_from_and_small_ones_left_out() -> None:
    mixed = [*pictures(5), *pictures(4, height=60, width=33), *pictures(2, height=20, width=60)]
    found = Enhancer(**TINY).fit(mixed)
    assert found.plan_.crop == 33
    assert "2 of fewer than 33 points one way are left out" in found.notes_
    assert plan([300, 400, 20], Wishes()).crop == 48


@pytest.mark.parametrize(
    ("clean", "given", "said"),
    [
        ([], None, "0 clean pictures"),
        (pictures(2), pictures(1), "2 clean pictures and 1"),
        (pictures(1), pictures(1, height=41), "36 x 41 points, its clean one of 36 x 40"),
        (pictures(2, height=15), None, "fewer than 16 points"),
        ([np.zeros((20, 20, 4), np.uint8)], None, r"shape \(20, 20, 4\)"),
        ([np.zeros((20, 20), np.int64)], None, "a picture of int64"),
        ([np.full((20, 20), np.nan)], None, "not all finite"),
        (pictures(2), pictures(2), "the same as the clean ones"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(clean, given, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Enhancer(**TINY).fit(clean, given)


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"steps": 1.5}, {"learning_rate": -1.0}, {"noise": 0}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        Enhancer(**option).fit(pictures(3))


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_there_is() -> None:
    found = Enhancer(**TINY).fit(pictures(9), watch=[_Stopping(3)])
    assert found.notes_[-1] == "interrupted after 3 of 4 steps"
    assert found.predict(pictures(1))
    with pytest.raises(KeyboardInterrupt):
        Enhancer(**TINY).fit(pictures(9), watch=[_Stopping(0)])


def test_the_report_is_a_page_a_picture_and_figures(enhancer: Enhancer) -> None:
    found = json.loads(json.dumps(report.figures(enhancer), allow_nan=False))
    assert found["held_out"]["enhanced"]["psnr"] == enhancer.held_out_.mean("enhanced", "psnr")
    page = report.page(enhancer, name="<script>", command="recurra")
    assert found["verdict"] in unescape(page)
    assert "<script" not in page
    for outside in ("http://", "https://", "<link", "@import"):
        assert outside not in page
    assert report.draw(enhancer) == report.draw(enhancer)


def test_a_verdict_is_honest_where_it_hurts(of_colours: Enhancer) -> None:
    assert report.verdict(of_colours.held_out_).endswith("It is of no use yet.")
    assert "Nothing was held out" in report.verdict(None)
