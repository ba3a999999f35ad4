"""The model of music: what it learns, what it writes, what it refuses."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from recurra.applications.music import Grid, MusicModel, report
from recurra.applications.music.demo import GRID, pieces
from recurra.applications.music.roll import KEYS
from recurra.errors import DataError, ModelFileError, OptionError
from recurra.training import Callback

QUICK = {"units": 6, "epochs": 2}


def test_it_learns_more_than_counting_tells(model: MusicModel) -> None:
    found = model.evaluate(pieces(6, seed=9))
    assert found.nats_per_step < 0.97 * found.by_step_before / found.steps
    assert found.by_step_before < found.by_frequency
    assert model.held_out_ is not None
    assert not model.chosen_on_held_out_
    noise = torch.randint(0, 2, (60, KEYS), generator=torch.Generator().manual_seed(0))
    assert model.evaluate([noise]).nats_per_step > 5 * found.nats_per_step


def test_the_nats_are_those_of_each_key_after_each_step(model: MusicModel) -> None:
    some = pieces(2, seed=5)
    structure, nats, steps = model.composer_.structure, 0.0, 0
    for piece in some:
        state, before = None, torch.zeros(1, KEYS)
        for number, now in enumerate(piece):
            with torch.no_grad():
                features, state = structure.advance(before, state)
                chances = structure.head.mean(features)[0].double().numpy()
            if number:
                nats -= np.log(np.where(now.numpy() == 1, chances, 1 - chances)).sum()
                steps += 1
            before = now[None].float()
    found = model.evaluate(some)
    assert found.nats == pytest.approx(nats, rel=1e-5)
    assert (found.steps, found.pieces) == (steps, 2)
    # Pieces of other lengths beside them change nothing.
    alone = [model.evaluate([one]) for one in some]
    assert sum(one.nats for one in alone) == pytest.approx(nats, rel=1e-5)


def test_counting_is_what_anyone_would_count(model: MusicModel) -> None:
    learned = pieces(3, seed=0)
    small = MusicModel(**QUICK).fit(learned, validation=learned)
    (piece,) = pieces(1, seed=8)
    before, now = (
        np.concatenate([one.numpy()[a:b] for one in learned]) for a, b in ((0, -1), (1, None))
    )
    frequency = (now.sum(0) + 1) / (len(now) + 2)
    kept = [(((before == b) & (now == 1)).sum(0) + 1) / ((before == b).sum(0) + 2) for b in (0, 1)]
    was, sounds = piece.numpy()[:-1], piece.numpy()[1:]
    chances = np.where(was == 1, kept[1], kept[0])
    found = small.evaluate([piece])
    for nats, chance in ((found.by_frequency, frequency), (found.by_step_before, chances)):
        assert nats == pytest.approx(
            -np.log(np.where(sounds == 1, chance, 1 - chance)).sum(), rel=1e-4
        )


def test_it_writes_on_from_a_start_and_from_nothing(model: MusicModel) -> None:
    (start,) = pieces(1, seed=7)
    written = model.predict(start, steps=40, samples=2, seed=3)
    assert [one.shape for one in written] == [(40, KEYS)] * 2
    assert not torch.equal(*written)
    assert torch.equal(model.predict(start, steps=40, seed=3)[0], written[0])
    assert not torch.equal(model.predict(start, steps=40, seed=4)[0], written[0])
    assert model.predict(steps=0)[0].shape == (0, KEYS)
    (new,) = model.predict(steps=200)
    # The keys that are ever written are nearly all of those that ever sounded.
    used = torch.cat(pieces(30, seed=0)).bool().any(0)
    assert new[:, used].sum() > 0.95 * new.sum() > 0
    assert float(new.sum(1).float().mean()) == pytest.approx(
        float(start.sum(1).float().mean()), rel=0.3
    )


def test_what_is_written_goes_by_the_start_and_the_temperature(model: MusicModel) -> None:
    first, second = (torch.zeros(16, KEYS, dtype=torch.uint8) for _ in range(2))
    first[:, [27, 39, 43, 46]] = 1
    second[:, [34, 41, 46, 50]] = 1
    a, b = (model.predict(one, steps=8, seed=0)[0] for one in (first, second))
    assert not torch.equal(a, b)
    kept = [
        float(
            (model.predict(first, steps=4, temperature=t, samples=40, seed=1)[0] & first[:4]).sum()
        )
        for t in (0.3, 3.0)
    ]
    assert kept[0] > kept[1]


def test_a_fresh_process_writes_and_judges_as_before_saving(
    model: MusicModel, tmp_path: Path
) -> None:
    path = tmp_path / "model.safetensors"
    model.save(path)
    program = (
        "import hashlib, json, sys; from recurra.applications.music import MusicModel\n"
        "from recurra.applications.music.demo import pieces\n"
        "m = MusicModel.load(sys.argv[1])\n"
        "(p,) = pieces(1, seed=4)\n"
        "w = m.predict(p, steps=30)[0].numpy().tobytes()\n"
        "told = [hashlib.sha256(w).hexdigest(), m.evaluate([p]).to_json(), vars(m.grid_)]\n"
        "print(json.dumps(told))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=True
    )
    (piece,) = pieces(1, seed=4)
    written = hashlib.sha256(model.predict(piece, steps=30)[0].numpy().tobytes()).hexdigest()
    expected = [written, model.evaluate([piece]).to_json(), vars(GRID)]
    assert json.loads(ran.stdout) == expected


def test_a_damaged_file_is_refused(model: MusicModel, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    model.save(path)
    content = bytearray(path.read_bytes())
    content[-3] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="damaged"):
        MusicModel.load(path)


def test_the_same_seed_gives_the_same_bits_and_leaves_chance_alone() -> None:
    state = torch.random.get_rng_state()
    some = pieces(12, seed=0)
    first, second = (MusicModel(**QUICK).fit(some) for _ in range(2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert first.evaluate(some) == second.evaluate(some)
    assert first.evaluate(some) != MusicModel(**QUICK, seed=1).fit(some).evaluate(some)


def test_nothing_is_learned_from_what_is_held_out() -> None:
    some, other = pieces(8, seed=0), pieces(2, seed=1)
    first = MusicModel(**QUICK).fit(some, validation=other, test=other)
    silent = [torch.zeros(30, KEYS, dtype=torch.uint8)]
    second = MusicModel(**QUICK).fit(some, validation=other, test=silent)
    assert first.evaluate(some) == second.evaluate(some)
    assert first.held_out_ != second.held_out_
    assert torch.equal(first.voices_.table, second.voices_.table)


@pytest.mark.parametrize("cell", ["lstm", "elman"])
def test_any_cell_can_be_chosen(cell: str) -> None:
    found = MusicModel(cell=cell, layers=2, **QUICK).fit(pieces(6, seed=0))
    assert f"2 layers of 6 {cell} units" in found.notes_[-1]
    assert found.predict(steps=5)[0].shape == (5, KEYS)


@pytest.mark.parametrize(
    ("some", "said"),
    [
        ([], "at least 40"),
        ([torch.zeros(1, KEYS)] * 99, "at least 40"),
        ([np.zeros((50, 12))], r"shape \(50, 12\)"),
        ([np.full((50, KEYS), 0.5)], "other numbers than 0 and 1"),
        ([np.full((50, KEYS), np.nan)], "other numbers than 0 and 1"),
        (["a piece"], "no array"),
    ],
)
def test_what_is_no_music_is_refused(some, said) -> None:
    with pytest.raises(DataError, match=said):
        MusicModel(**QUICK).fit(some)


@pytest.mark.parametrize(
    "option", [{"units": 0}, {"epochs": 1.5}, {"learning_rate": 0.0}, {"batch_size": 0}]
)
def test_options_out_of_range_are_refused(option: dict) -> None:
    with pytest.raises(OptionError):
        MusicModel(**option).fit(pieces(6, seed=0))


def test_what_cannot_be_written_is_refused(model: MusicModel) -> None:
    for option in ({"steps": -1}, {"samples": 0}, {"temperature": 0.0}, {"temperature": np.inf}):
        with pytest.raises(OptionError):
            model.predict(**option)
    with pytest.raises(DataError, match="start"):
        model.predict(torch.zeros(3, 4))
    with pytest.raises(DataError, match="at least two steps"):
        model.evaluate([torch.zeros(1, KEYS)])


class _Interrupt(Callback):
    def __init__(self, epoch: int) -> None:
        self.epoch = epoch

    def on_epoch_begin(self, trainer, epoch) -> None:
        if epoch == self.epoch:
            raise KeyboardInterrupt


def test_an_interrupt_keeps_the_best_so_far() -> None:
    some, options = pieces(30, seed=0), {"units": 6, "epochs": 8, "batch_size": 4}
    found = MusicModel(**options).fit(some, watch=[_Interrupt(3)])
    assert "interrupted after 3" in found.notes_[-1]
    with pytest.raises(KeyboardInterrupt):
        MusicModel(**options).fit(some, watch=[_Interrupt(0)])


def test_the_page_shows_figures_and_says_what_it_is(model: MusicModel) -> None:
    page = report.page(model, name="<b>", command="recurra fit music x")
    assert report.verdict(model) in page.replace("&#39;", "'")
    assert "&lt;b&gt;" in page
    for outside in ("http://", "https://", "<b>"):
        assert outside not in page
    assert json.dumps(report.figures(model), allow_nan=False)
    assert report.figures(model)["parameters"] == sum(
        weight.numel() for weight in model.composer_.parameters()
    )


def test_a_model_that_counting_beats_says_so() -> None:
    found = MusicModel(**QUICK).fit(pieces(6, seed=0), grid=Grid(1, 60.0))
    assert "no better than counting" in report.verdict(found)
    assert "flatters a little" in report.verdict(found)
