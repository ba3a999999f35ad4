"""A fit whose networks and groups are learned by others survives being stopped and killed."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl
import pytest
import torch
from polars.testing import assert_frame_equal

from recurra.errors import CheckpointError
from recurra.executors import LocalExecutor
from recurra.forecasting import Forecaster
from recurra.forecasting.backtest import Backtest, backtest
from recurra.forecasting.model import Model
from recurra.training import Callback, Checkpoint

STEPS = 6
OFTEN = 1e-9


class Dies(Callback):
    """Counts the steps of all trainings together, and ends the one at work after so many."""

    def __init__(self, after: int | None = None) -> None:
        self.seen, self.after = 0, after

    def on_train_batch_end(self, trainer, step) -> None:
        self.seen += 1
        if self.seen == self.after:
            raise MemoryError


def frame() -> pl.DataFrame:
    day = np.arange(60)
    parts = [
        pl.DataFrame(
            {
                "unique_id": [f"s{number}"] * 60,
                "ds": day,
                "y": 3 + np.sin(day * 2 * np.pi / 7 + number) + number,
                "region": ["north" if number % 2 else "south"] * 60,
            }
        )
        for number in range(3)
    ]
    return pl.concat(parts)


def ensemble(**more: Any) -> Forecaster:
    usual = {"horizon": 3, "lookback": 14, "steps": STEPS, "ensemble": 3, "hidden_size": 4}
    return Forecaster(**{**usual, "strategy": "sequence-to-sequence", **more})


def groups(**more: Any) -> Forecaster:
    return ensemble(by="region", ensemble=2, **more)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    former = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(former)


@pytest.fixture(scope="module")
def whole(one_thread) -> dict[Callable, tuple[Forecaster, int]]:
    """What was never stopped, made by this process, and its steps."""
    counts = {make: Dies() for make in (ensemble, groups)}
    return {make: (make(callbacks=[n]).fit(frame()), n.seen) for make, n in counts.items()}


class Here(Executor):
    """Does each piece when it is asked for; one that dies ends no other."""

    def submit(self, fn, /, *given, **named) -> Future:
        future: Future = Future()
        try:
            future.set_result(fn(*given, **named))
        except MemoryError as error:
            future.set_exception(error)
        return future


@pytest.fixture
def here() -> Here:
    return Here()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def assert_same_networks(ours: Model, theirs: Model) -> None:
    found, wanted = ours.arrays(), theirs.arrays()
    assert found.keys() == wanted.keys()
    assert all(torch.equal(array, wanted[name]) for name, array in found.items())


def assert_same(ours: Forecaster, theirs: Forecaster) -> None:
    assert_same_networks(ours.model_, theirs.model_)
    assert_same_networks(ours.judged_, theirs.judged_)
    assert ours.history_.history == theirs.history_.history
    assert ours.notes_ == theirs.notes_
    assert ours.verdict_ == theirs.verdict_
    assert_frame_equal(ours.predict(level=[80]), theirs.predict(level=[80]))


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (ensemble, STEPS + 5),  # the second of three networks; the third is learned
        (ensemble, 3 * STEPS + 2),  # one that learns anew
        (groups, STEPS + 5),  # the second network of the first group; the other group is learned
        (groups, 4 * STEPS + 2),  # a group anew
    ],
)
def test_a_fit_that_died_goes_on_in_its_parts_and_learns_the_same_bit_for_bit(
    here, whole, folder: Path, make, place: int
) -> None:
    never_stopped, steps = whole[make]
    with pytest.raises(MemoryError):
        make(callbacks=[died := Dies(place)]).fit(
            frame(), executor=here, checkpoint=Checkpoint(folder, every=OFTEN)
        )
    resumed = make(callbacks=[rest := Dies()]).fit(frame(), executor=here, checkpoint=folder)
    assert_same(resumed, never_stopped)
    assert rest.seen == steps - (died.seen - 1), "no step was made twice but the last"
    assert not folder.exists()


def test_damaged_parts_are_learned_anew(
    here, whole, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MemoryError):
        ensemble(callbacks=[Dies(STEPS + 5)]).fit(
            frame(), executor=here, checkpoint=Checkpoint(folder, every=OFTEN, verbose=0)
        )
    for path in (folder / "part-000" / "training-000.finished.safetensors", *state(folder, 1)):
        path.write_bytes(path.read_bytes()[:-9])
    resumed = ensemble(callbacks=[Dies()]).fit(frame(), executor=here, checkpoint=folder)
    assert_same(resumed, whole[ensemble][0])
    said = capsys.readouterr().err
    assert "Resumed: 3 of 3 parts for other processes had begun." in said
    assert said.count("is damaged") == 2


def state(folder: Path, part: int) -> list[Path]:
    """The newest."""
    return sorted((folder / f"part-{part:03}").glob("*.state-*"))[-1:]


@pytest.mark.parametrize(("first", "then"), [(Here(), None), (None, Here())])
def test_what_others_began_is_not_mixed_with_what_this_process_learns(
    folder: Path, first: Here | None, then: Here | None
) -> None:
    kept = Checkpoint(folder, every=OFTEN, verbose=0)
    with pytest.raises(MemoryError):
        ensemble(callbacks=[Dies(5)]).fit(frame(), executor=first, checkpoint=kept)
    before = sorted(folder.rglob("*"))
    with pytest.raises(CheckpointError, match="its learner is") as raised:
        ensemble(callbacks=[Dies()]).fit(frame(), executor=then, checkpoint=folder)
    assert "other processes (--workers, executor=)" in str(raised.value)
    with pytest.raises(CheckpointError, match="its seed is 0"):
        ensemble(callbacks=[Dies()], seed=1).fit(frame(), executor=first, checkpoint=folder)
    assert sorted(folder.rglob("*")) == before


def test_a_search_before_what_others_learn_is_on_the_disk_as_soon_as_they_begin(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Copies(Here):
        """What a kill would leave while the first piece is at work."""

        def submit(self, fn, /, *given, **named) -> Future:
            if not (tmp_path / "killed").exists():
                shutil.copytree(folder, tmp_path / "killed")
            return super().submit(fn, *given, **named)

    made = {"auto": "2 trials", "callbacks": [], "refit": False}
    whole = ensemble(**made).fit(frame(), executor=Copies(), checkpoint=folder)
    monkeypatch.setattr("recurra.forecasting.segments.search.kept.find", None)
    resumed = ensemble(**made).fit(frame(), executor=Here(), checkpoint=tmp_path / "killed")
    assert_same_networks(resumed.model_, whole.model_)
    assert resumed.notes_ == whole.notes_


def backtested(folder: Path, died: Callback, executor: Executor | None, **more: Any) -> Backtest:
    """A backtest of two windows, kept often."""
    usual = {"n_windows": 2, "baselines": ["naive"], "checkpoint_every": OFTEN}
    made = ensemble(ensemble=2, callbacks=[died])
    return backtest(made, frame(), folder=folder, executor=executor, **{**usual, **more})


def test_the_only_fit_of_a_backtest_goes_on_in_its_parts(here: Here, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        backtested(tmp_path / "windows", died := Dies(STEPS + 5), here)
    again = backtested(tmp_path / "windows", rest := Dies(), here)
    whole = backtested(tmp_path / "whole", never := Dies(), None)
    assert again.to_json() == whole.to_json()
    assert rest.seen == never.seen - (died.seen - 1)
    names = {path.name for path in (tmp_path / "windows").iterdir()}
    assert names == {"settings.json", "window-0001.npz", "window-0002.npz"}


def test_a_backtest_that_is_to_keep_no_fit_keeps_none(here: Here, tmp_path: Path) -> None:
    with pytest.raises(MemoryError):
        backtested(tmp_path / "windows", Dies(STEPS + 5), here, checkpoint_every=None)
    assert not (tmp_path / "windows").exists()


def test_a_fit_of_a_window_that_fails_cancels_the_others_and_in_the_end_no_fit_is_left(
    tmp_path: Path,
) -> None:
    class Waiting(Here):
        """The fit after the first never begins."""

        futures: ClassVar[list[Future]] = []

        def submit(self, fn, /, *given, **named) -> Future:
            future = Future() if self.futures else super().submit(fn, *given, **named)
            self.futures.append(future)
            return future

    with pytest.raises(MemoryError):
        backtested(tmp_path, Dies(STEPS), None, refit=True)
    assert [path.name for path in tmp_path.iterdir()] == ["fit-0001"]
    with pytest.raises(MemoryError):
        backtested(tmp_path, Dies(5), Waiting(), refit=True)
    assert [future.cancelled() for future in Waiting.futures] == [False, True]
    backtested(tmp_path, Dies(), Here(), refit=True)
    assert not list(tmp_path.glob("fit-*"))


class KillsOnce(Callback):
    """Notes each step in a file, and kills the process in the midst of the second training."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes

    def on_train_batch_end(self, trainer, step) -> None:
        with self.notes.open("a") as file:
            file.write(f"{step}\n")
        if len(self.notes.read_text().split()) == STEPS + 5:
            os.kill(os.getpid(), signal.SIGKILL)


def test_a_piece_whose_process_was_killed_goes_on_where_it_was(
    whole, tmp_path: Path, folder: Path
) -> None:
    notes = tmp_path / "notes"
    made = ensemble(refit=False, callbacks=[KillsOnce(notes)])
    kept = Checkpoint(folder, every=OFTEN, verbose=0)
    with LocalExecutor(1, retries=1) as executor:
        made.fit(frame(), executor=executor, checkpoint=kept)
    assert_same_networks(made.model_, whole[ensemble][0].judged_)
    assert len(notes.read_text().split()) == 3 * STEPS + 1, (
        "the step that it was killed in was made once more"
    )
    assert not folder.exists()
