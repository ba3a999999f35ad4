"""The captioner: what it learns, what it writes, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from html import unescape
from pathlib import Path

import numpy as np
import pytest
import torch
from made_scenes import TINY, places
from safetensors import safe_open
from safetensors.torch import save_file

from recurra.applications.caption import Captioner, report
from recurra.applications.caption.learning import SMOOTHING, shifted
from recurra.applications.caption.network import Batch
from recurra.applications.caption.seen import draw
from recurra.applications.words import START
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


def test_it_says_what_is_in_pictures_that_it_never_saw(captioner: Captioner) -> None:
    scores = captioner.evaluate(*places(40, seed=1))
    assert scores.exact >= 0.95
    assert scores.bleu > 90
    assert captioner.held_out_ is not None
    assert captioner.held_out_.count == 16
    one = captioner.caption(places(1, seed=2)[0])[0]
    assert one.ended
    assert -0.5 < one.score <= 0


@torch.no_grad()
def test_where_it_looked_is_where_each_step_did(captioner: Captioner) -> None:
    picture = places(1, seed=3)[0][0]
    seen = captioner.look(picture)
    assert captioner.predict([picture]) == [" ".join(seen.pieces[:-1]).replace(" ,", ",")]
    assert seen.pieces[-1] == "⏎"
    assert seen.weights.sum((1, 2)) == pytest.approx(1, abs=1e-5)
    network = captioner.network_
    state = network.start(torch.from_numpy(seen.picture).permute(2, 0, 1).unsqueeze(0))
    symbol = START
    for weights, piece in zip(seen.weights, seen.pieces, strict=True):
        log_probs, state = network.step(torch.tensor([symbol]), state)
        assert np.allclose(state.weights.reshape(2, 2), weights, atol=1e-5)
        symbol = int(log_probs.argmax())
        assert captioner.sentences_.pieces([symbol]) == [piece]
    other = captioner.look(picture, "a red box, left")
    assert len(other.pieces) == len(other.weights)
    assert draw(seen).startswith(b"\x89PNG")


def test_a_beam_finds_no_less_likely_captions_than_one_symbol_at_a_time(poor: Captioner) -> None:
    pictures = places(20, seed=4)[0]
    narrow, wide = (poor.caption(pictures, beam=beam) for beam in (1, 6))
    assert np.mean([one.score for one in wide]) >= np.mean([one.score for one in narrow]) - 1e-6


@torch.no_grad()
def test_the_loss_of_a_batch_is_the_steps_one_by_one(poor: Captioner) -> None:
    network = poor.network_
    pictures = torch.randint(0, 256, (2, 3, 16, 16), dtype=torch.uint8)
    targets, lengths = torch.tensor([[9, 5, 7, 0], [6, 0, 3, 3]]), torch.tensor([4, 2])
    inputs = torch.cat([torch.full((2, 1), START), targets[:, :-1]], 1)
    found = float(network.loss(Batch(pictures, inputs, targets, lengths), 0.0))
    total = 0.0
    for row in range(2):
        state = network.start(pictures[row : row + 1])
        for step in range(int(lengths[row])):
            log_probs, state = network.step(inputs[row, step : step + 1], state)
            total -= float(log_probs[0, targets[row, step]])
    assert found == pytest.approx(total / 6, abs=1e-5)
    assert 0 < SMOOTHING < 1


def test_pictures_together_are_captioned_as_one_by_one(poor: Captioner) -> None:
    pictures = [*places(3, seed=5)[0], np.zeros((40, 9), np.uint8), np.ones((5, 5, 1), np.uint8)]
    together = poor.predict(pictures)
    assert together == [poor.predict([one])[0] for one in pictures]
    assert poor.predict([]) == []


def test_several_captions_of_a_picture_all_count() -> None:
    pictures, captions = places(30)
    several = [[one, f"there is {one}", "  "] for one in captions]
    found = Captioner(**TINY).fit(pictures, several)
    assert "some have several captions, 54 in all" in found.notes_
    said = found.predict(pictures[:2])
    assert found.evaluate(pictures[:2], [["other", said[0]], [said[1]]]).exact == 1
    assert found.evaluate(pictures[:2], [["other"], [said[1]]]).exact == 0.5


def test_pictures_without_a_caption_are_left_out_and_counted() -> None:
    pictures, captions = places(25)
    found = Captioner(**TINY).fit(pictures, ["", [], *captions[2:]])
    assert found.notes_[0] == "2 pictures without a caption are left out"


def test_the_same_picture_is_never_on_both_sides() -> None:
    pictures, captions = places(20)
    found = Captioner(**TINY).fit(pictures * 5, captions * 5)
    held = {one.numpy().tobytes() for one in found.samples_.pictures}
    assert len(found.samples_) == 10
    assert len(held) == 2


def test_few_pictures_are_learned_from_and_nothing_is_claimed() -> None:
    found = Captioner(**TINY).fit(*places(5))
    assert found.held_out_ is None
    assert "too few to hold any out" in found.notes_[0]
    assert report.draw(found).startswith(b"\x89PNG")
    assert "Nothing was held out" in report.page(found, name="five", command="recurra")


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (Captioner(**TINY).fit(*places(30)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    one = places(1)[0]
    assert first.caption(one) == second.caption(one)
    assert Captioner(**TINY, seed=1).fit(*places(30)).caption(one) != first.caption(one)


def test_a_fresh_process_writes_what_was_written_before_saving(
    captioner: Captioner, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    captioner.save(path)
    pictures = places(3, seed=6)[0]
    np.save(tmp_path / "pictures.npy", np.stack(pictures))
    program = (
        "import json, sys, numpy as np; from recurra.applications.caption import Captioner\n"
        "found = Captioner.load(sys.argv[1]).caption(list(np.load(sys.argv[2])))\n"
        "print(json.dumps([[one.text, one.score] for one in found]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), str(tmp_path / "pictures.npy")],
        capture_output=True,
        check=True,
    )
    own = [[one.text, one.score] for one in captioner.caption(pictures)]
    assert json.loads(ran.stdout) == own
    loaded = Captioner.load(path)
    assert loaded.get_params() == captioner.get_params()
    assert loaded.notes_ == captioner.notes_
    assert (loaded.held_out_, loaded.samples_) == (None, None)


def test_a_file_that_was_changed_does_not_hold_together(poor: Captioner, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    poor.save(path)
    with safe_open(path, framework="pt") as file:
        header = {key: one for key, one in file.metadata().items() if key != "checksum"}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    arrays.popitem()
    save_file(arrays, path, metadata=header)
    with pytest.raises(ModelFileError, match="does not hold together"):
        Captioner.load(path)


@pytest.mark.parametrize(
    ("pictures", "captions", "said"),
    [
        ([], [], "none with a caption"),
        (places(2)[0], ["one"], "2 pictures and 1 captions"),
        (places(2)[0], "ab", "2 pictures and 2 captions"),
        (places(1)[0], [3], "3|int"),
        (places(1)[0], [["a", 4]], "4 among the captions"),
        (places(1)[0], [" "], "none with a caption"),
        ([np.zeros((4, 4, 4), np.uint8)], ["a"], r"shape \(4, 4, 4\)"),
        ([np.zeros((4, 4))], ["a"], "float64"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(pictures, captions, said: str) -> None:
    with pytest.raises((DataError, TypeError), match=said):
        Captioner(**TINY).fit(pictures, captions)


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"epochs": 1.5}, {"learning_rate": -1.0}, {"side": 20}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        Captioner(**option).fit(*places(5))


@pytest.mark.parametrize("name", ["tokenizers", "sacrebleu"])
def test_the_way_to_get_a_library_is_said_before_anything_is_learned(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OptionError, match=rf"{name} is not installed(.|\n)*pip install"):
        Captioner(**TINY).fit(*places(5))


class _Stopping(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_there_is() -> None:
    found = Captioner(**TINY).fit(*places(25), watch=[_Stopping(1)])
    assert found.notes_[-1] == "interrupted after 1 looks at what is held out"
    assert found.predict(places(1)[0])
    with pytest.raises(KeyboardInterrupt):
        Captioner(**TINY).fit(*places(25), watch=[_Stopping(0)])


def test_the_report_is_a_page_a_picture_and_figures(captioner: Captioner) -> None:
    found = json.loads(json.dumps(report.figures(captioner), allow_nan=False))
    assert found["held_out"]["exact"] == captioner.held_out_.exact
    page = report.page(captioner, name="<script>", command="recurra")
    assert found["verdict"] in unescape(page)
    assert "<script" not in page
    for outside in ("http://", "https://", "<link", "@import"):
        assert outside not in page
    assert report.draw(captioner) == report.draw(captioner)


def test_pictures_that_are_moved_keep_their_points() -> None:
    torch.manual_seed(0)
    pictures = torch.randint(0, 256, (50, 3, 8, 8), dtype=torch.uint8)
    moved = shifted(pictures, 2)
    assert (moved != pictures).any()
    for one, other in zip(pictures, moved, strict=True):
        # The middle of what was moved is a part of the picture.
        parts = one.unfold(1, 4, 1).unfold(2, 4, 1).permute(1, 2, 0, 3, 4).flatten(0, 1)
        assert (parts == other[:, 2:6, 2:6]).flatten(1).all(1).any()
    assert torch.equal(shifted(pictures, 0), pictures)
