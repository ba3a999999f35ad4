"""The drawer: what it learns, what it draws, what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from made_drawings import QUICK_PEN, TINY_PEN, lines
from made_scenes import TINY, places

from recurra.applications.caption import Captioner
from recurra.applications.caption.files import STROKES, TEXT, answers_of
from recurra.applications.caption.strokes import Drawer, report
from recurra.applications.caption.strokes.frame import framed
from recurra.applications.caption.strokes.hand import ROWS
from recurra.applications.caption.strokes.head import PenSteps
from recurra.applications.caption.strokes.likeness import distance
from recurra.applications.caption.strokes.notation import parsed
from recurra.applications.caption.strokes.scores import likelihoods, mismatched, surplus
from recurra.applications.caption.strokes.sequences import blurred, steps
from recurra.applications.caption.strokes.sheet import draw
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback


@pytest.fixture(scope="module")
def drawer() -> Drawer:
    """Fitted on 72 of 80 drawings."""
    return Drawer(**QUICK_PEN).fit(*lines(80))


@pytest.fixture(scope="module")
def scribbler() -> Drawer:
    """Fitted in a second: it runs, and knows nothing."""
    return Drawer(**TINY_PEN).fit(*lines(30))


def test_it_draws_what_is_in_pictures_that_it_never_saw(drawer: Drawer) -> None:
    pictures, paths = lines(16, seed=1)
    scores = drawer.evaluate(pictures, paths)
    assert scores.nats_mismatched is not None
    assert scores.nats_a_step < scores.nats_mismatched - 1
    others = np.mean([distance(parsed(a), parsed(b)) for a, b in pairwise(paths)])
    assert scores.apart < others / 2
    blind = Drawer(**QUICK_PEN, blind=True).fit(*lines(80))
    unseen = blind.evaluate(pictures, paths)
    assert unseen.nats_mismatched is None
    assert unseen.nats_a_step > scores.nats_a_step + 0.3
    assert "white paper is seen in place of every picture" in blind.notes_
    assert drawer.held_out_ is not None
    assert drawer.held_out_.count == 8


@torch.no_grad()
def test_a_known_drawing_in_one_call_is_the_same_step_by_step(scribbler: Drawer) -> None:
    network = scribbler.network_
    assert scribbler.samples_ is not None
    batch = scribbler.samples_.sequences
    targets = steps(batch, network.scale)
    features = network.features(batch.pictures, targets)
    state, last = network.start(batch.pictures), torch.zeros(len(batch), PenSteps.size)
    for step in range(targets.shape[1]):
        found, state = network.advance(last, state)
        assert torch.allclose(found, features[:, step], atol=1e-5)
        last = targets[:, step]


@torch.no_grad()
def test_nats_are_those_of_a_density_over_points_of_the_picture(scribbler: Drawer) -> None:
    # The same drawings on pictures of twice the points: each step has four times the places.
    network = scribbler.network_
    pictures, paths = lines(4, seed=3)
    large = [one.repeat(2, 0).repeat(2, 1) for one in pictures]
    doubled = [[2 * stroke for stroke in parsed(path)] for path in paths]
    small, big = scribbler.evaluate(pictures, paths), scribbler.evaluate(large, doubled)
    assert big.nats_a_step - small.nats_a_step == pytest.approx(2 * np.log(2), abs=0.2)
    assert surplus(2.0, torch.tensor([[0.5, 0.25]])).tolist() == pytest.approx([np.log(32)])
    assert scribbler.samples_ is not None
    batch = scribbler.samples_.sequences
    targets = steps(blurred(batch, torch.Generator().manual_seed(0)), network.scale)
    one = network.nll(batch.pictures[:1], targets[:1, : batch.lengths[0]]).sum()
    one += batch.lengths[0] * surplus(network.scale, batch.grain[:1])[0]
    assert float(likelihoods(network, batch).each[0]) == pytest.approx(float(one), rel=1e-4)


def test_each_drawing_is_mismatched_with_the_picture_of_another(scribbler: Drawer) -> None:
    assert scribbler.samples_ is not None
    batch = scribbler.samples_.sequences
    other = mismatched(batch)
    assert other is not None
    assert not (other.pictures == batch.pictures).flatten(1).all(1).any()
    assert sorted(other.pictures.sum((1, 2)).tolist()) == sorted(
        batch.pictures.sum((1, 2)).tolist()
    )


def test_pictures_together_are_drawn_as_one_by_one(scribbler: Drawer) -> None:
    pictures = [*lines(2, seed=5)[0], np.zeros((40, 9), np.uint8), np.ones((5, 5, 3), np.uint8)]
    together = [one.text for one in scribbler.predict(pictures)]
    assert together == [scribbler.predict([one])[0].text for one in pictures]
    assert together != [one.text for one in scribbler.predict(pictures, seed=1)]
    assert scribbler.predict([]) == []


@torch.no_grad()
def test_a_drawing_tells_how_likely_its_steps_were(drawer: Drawer) -> None:
    network, pictures = drawer.network_, lines(6, seed=6)[0]
    for picture, found in zip(pictures, drawer.predict(pictures), strict=True):
        ink, frame = framed(picture, drawer.plan_.side)
        points = torch.cat([frame.into(stroke) for stroke in found.strokes])
        moves = torch.zeros(1, len(points), 4)
        moves[0, :, :2] = points.diff(dim=0, prepend=torch.zeros(1, 2)) / network.scale
        moves[0, torch.tensor([len(one) for one in found.strokes]).cumsum(0) - 1, 2] = 1
        moves[0, -1, 3] = 1
        nats = float(network.nll(ink[None], moves).mean())
        nats += float(surplus(network.scale, torch.tensor(frame.grain)))
        assert found.ended
        assert found.nats == pytest.approx(nats, abs=1e-3)


def test_more_pictures_than_are_drawn_side_by_side_keep_their_order(scribbler: Drawer) -> None:
    pictures = lines(2 * ROWS // 60 + 1, seed=7)[0]
    together = scribbler.predict(pictures, beam=60)
    assert [one.text for one in together] == [
        scribbler.predict([one], beam=60)[0].text for one in pictures
    ]


def test_a_wider_beam_keeps_drawings_that_lie_nearer_to_the_ink(drawer: Drawer) -> None:
    given = lines(12, seed=4)
    narrow, wide = (drawer.evaluate(*given, beam=beam) for beam in (1, 8))
    assert wide.apart < narrow.apart
    assert wide.nats_a_step == narrow.nats_a_step
    assert all(one.ended for one in drawer.predict(given[0], beam=8))


def test_where_no_ink_is_seen_the_likeliest_drawing_is_kept(scribbler: Drawer) -> None:
    white = [np.full((16, side), 255, np.uint8) for side in range(10, 22)]
    narrow, wide = (scribbler.predict(white, beam=beam) for beam in (1, 8))
    assert np.mean([one.nats for one in wide]) < np.mean([one.nats for one in narrow])


def test_the_same_picture_is_never_on_both_sides() -> None:
    pictures, paths = lines(20)
    found = Drawer(**TINY_PEN).fit(pictures * 5, paths * 5)
    assert found.samples_ is not None
    assert len(found.samples_) == 10
    assert len(set(found.samples_.digests)) == 2


def test_few_drawings_are_learned_from_and_nothing_is_claimed() -> None:
    found = Drawer(**TINY_PEN).fit(*lines(5))
    assert found.held_out_ is None
    assert "too few to hold any out" in found.notes_[0]
    assert report.draw(found).startswith(b"\x89PNG")
    assert "Nothing was held out" in report.page(found, name="five", command="recurra")


def test_the_page_shows_every_figure(scribbler: Drawer) -> None:
    page = report.page(scribbler, name="lines.csv", command="recurra fit caption lines.csv")
    assert scribbler.held_out_ is not None
    for _, value in report.rows(scribbler.held_out_):
        assert value in page
    pictures = lines(3)[0]
    assert draw(pictures, scribbler.predict(pictures)).startswith(b"\x89PNG")


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    first, second = (Drawer(**TINY_PEN).fit(*lines(30)) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert first.history_.history == second.history_.history
    one = lines(1)[0]
    assert first.predict(one)[0].text == second.predict(one)[0].text
    assert Drawer(**TINY_PEN, seed=1).fit(*lines(30)).history_.history != first.history_.history


def test_a_fresh_process_draws_what_was_drawn_before_saving(
    scribbler: Drawer, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    scribbler.save(path)
    pictures = lines(2, seed=6)[0]
    np.save(tmp_path / "pictures.npy", np.stack(pictures))
    program = (
        "import json, sys, numpy as np\n"
        "from recurra.applications.caption.strokes import Drawer\n"
        "found = Drawer.load(sys.argv[1]).predict(list(np.load(sys.argv[2])))\n"
        "print(json.dumps([[one.text, one.nats] for one in found]))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path), str(tmp_path / "pictures.npy")],
        capture_output=True,
        check=True,
    )
    own = [[one.text, one.nats] for one in scribbler.predict(pictures)]
    assert json.loads(ran.stdout) == own
    loaded = Drawer.load(path)
    assert loaded.get_params() == scribbler.get_params()
    assert loaded.notes_ == scribbler.notes_


def test_a_file_says_whether_it_writes_or_draws(scribbler: Drawer, tmp_path: Path) -> None:
    drawing, writing = tmp_path / "d.safetensors", tmp_path / "w.safetensors"
    scribbler.save(drawing)
    Captioner(**TINY).fit(*places(4)).save(writing)
    assert (answers_of(drawing), answers_of(writing)) == (STROKES, TEXT)
    with pytest.raises(ModelFileError, match="answers strokes"):
        Captioner.load(drawing)
    with pytest.raises(ModelFileError, match="answers text"):
        Drawer.load(writing)


class _Stops(Callback):
    def on_epoch_end(self, trainer, epoch, logs) -> None:  # type: ignore[no-untyped-def]
        if epoch == self.last:
            raise KeyboardInterrupt

    def __init__(self, last: int) -> None:
        self.last = last


def test_ctrl_c_keeps_the_best_so_far_and_says_so() -> None:
    options = {**TINY_PEN, "epochs": 5}
    found = Drawer(**options).fit(*lines(30), watch=[_Stops(2)])
    assert found.notes_[-1] == "interrupted after 2 looks at what is held out"
    assert found.predict(lines(1)[0])
    with pytest.raises(KeyboardInterrupt):
        Drawer(**options).fit(*lines(30), watch=[_Stops(0)])


@pytest.mark.parametrize(
    ("pictures", "drawings", "said"),
    [
        (lines(2)[0], ["M 1 2 L 3 4"], "2 pictures and 1 drawings"),
        ([], [], "0 pictures"),
        (lines(1)[0], ["a line"], "the strokes 'a line'"),
        (lines(1)[0], [[[1.0, 2.0]]], "of shapes"),
        (lines(1)[0], [[]], "0 strokes"),
        (lines(1)[0], [[[[1.0, float("nan")]]]], "no finite number"),
        ([np.zeros((4, 4))], ["M 1 2 L 3 4"], "float64"),
    ],
)
def test_what_cannot_be_used_is_refused(pictures: list, drawings: list, said: str) -> None:
    with pytest.raises(DataError, match=said):
        Drawer(**TINY_PEN).fit(pictures, drawings)


@pytest.mark.parametrize("option", [{"units": 0}, {"side": 7}, {"learning_rate": -1.0}])
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError, match=next(iter(option))):
        Drawer(**option).fit(*lines(2))
