"""Runs of several parts, runs within runs, and runs that are stopped in the midst of them."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from checkpoint_program import by_epochs, by_steps

from recurra.errors import CheckpointError
from recurra.training import Callback, Checkpoint, History, Trainer

PROGRAM = Path(__file__).with_name("checkpoint_program.py")
OFTEN = 1e-9


class Dies(Callback):
    def __init__(self, after: int, error: type[BaseException] = MemoryError) -> None:
        self.left, self.error = after, error

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            raise self.error


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


@pytest.fixture
def often(folder: Path) -> Checkpoint:
    return Checkpoint(folder, every=OFTEN, verbose=0)


def test_the_same_checkpoint_goes_on_in_the_same_process(often: Checkpoint) -> None:
    for error in (KeyboardInterrupt, KeyboardInterrupt, MemoryError):
        try:
            by_steps(often, Dies(9, error))
        except MemoryError:
            assert error is MemoryError
    steps = Dies(10**9)
    assert by_steps(often, steps) == by_steps(None)
    assert 10**9 - steps.left == 60 - 3 * 8
    assert by_steps(often) == by_steps(None), "and a new run begins with it"


@pytest.mark.usefixtures("ctrl_c")
def test_what_follows_a_training_that_ctrl_c_ended_is_not_kept(often: Checkpoint) -> None:
    class Stops(Callback):
        def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
            if trainer.position.epoch == 2:
                signal.raise_signal(signal.SIGINT)

    def run(*callbacks: Callback) -> list[object]:
        with often:
            first = by_steps(often, *callbacks)
            made = often.once(lambda: {"first": first})
            return [first, made, by_epochs(often), often.stopped]

    interrupted = run(Stops())
    assert interrupted[3]
    names = sorted(path.name[:12] for path in often.path.iterdir())
    assert set(names) == {"training-000"}, "what came next began from half a training"
    first = by_steps(None)
    assert interrupted[0] != first
    assert run() == [first, {"first": first}, by_epochs(None), False]


def test_an_error_that_the_program_bears_does_not_end_the_run(often: Checkpoint) -> None:
    """A training that fails, fails again; the others are kept."""

    def run(*callbacks: Callback) -> str:
        with often:
            with pytest.raises(MemoryError):
                by_steps(often, Dies(5))
            return by_epochs(often, *callbacks)

    with pytest.raises(MemoryError):
        run(Dies(20))
    steps = Dies(10**9)
    assert run(steps) == by_epochs(None)
    assert 10**9 - steps.left < 90


def test_the_parts_of_a_run_know_what_they_are_of(often: Checkpoint, folder: Path) -> None:
    def run(checkpoint: Checkpoint, second: str, *callbacks: Callback) -> list[str]:
        with checkpoint:
            with checkpoint.of_run({"data": "a"}) as part:
                found = [by_steps(part)]
            assert checkpoint.exists, "the whole keeps what its parts have learned"
            with checkpoint.of_run({"data": second}) as part:
                return [*found, by_epochs(part, *callbacks)]

    with pytest.raises(MemoryError):
        run(often, "b", Dies(20))
    with pytest.raises(CheckpointError, match=r"its data is 'b'\.\nExpected: data 'c'"):
        run(Checkpoint(folder, verbose=0), "c")
    assert run(Checkpoint(folder, verbose=0), "b") == [by_steps(None), by_epochs(None)]
    assert not folder.exists()


def test_what_names_less_than_was_kept_is_refused_too(folder: Path) -> None:
    kept = Checkpoint(folder, every=OFTEN, verbose=0, key={"data": "a"})
    with pytest.raises(MemoryError):
        by_steps(kept, Dies(5))
    with pytest.raises(CheckpointError, match="its data is 'a'"):
        by_steps(Checkpoint(folder, verbose=0))


def test_what_is_made_once_within_what_is_made_once(often: Checkpoint) -> None:
    made: list[str] = []

    def one(name: str) -> dict[str, str]:
        made.append(name)
        return {"name": name}

    def search() -> dict[str, object]:
        found = [often.once(lambda name=name: one(name))["name"] for name in "abc"]
        return {"best": found[-1]}

    def run(*callbacks: Callback) -> tuple[object, str]:
        with often:
            return often.once(search)["best"], by_steps(often, *callbacks)

    def broken(name: str) -> dict[str, str]:
        if name == "c":
            raise MemoryError
        made.append(name)
        return {"name": name}

    def search_that_dies() -> dict[str, object]:
        return {"best": [often.once(lambda name=name: broken(name)) for name in "abc"]}

    with pytest.raises(MemoryError), often:
        often.once(search_that_dies)
    assert made == ["a", "b"]
    with pytest.raises(MemoryError):
        run(Dies(7))
    assert made == ["a", "b", "c"], "what was made is read"
    steps = Dies(10**9)
    assert run(steps) == ("c", by_steps(None))
    assert 10**9 - steps.left == 60 - 6, "and the training has the same number as before"
    assert made == ["a", "b", "c"]


def test_the_seconds_of_all_parts_are_counted(often: Checkpoint) -> None:
    class Sees(Callback):
        def on_train_end(self, trainer: Trainer) -> None:
            self.history: History = trainer.history

        def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
            trainer._started -= 1  # type: ignore[attr-defined]  # As if it had taken a second.

    with pytest.raises(MemoryError):
        by_steps(often, Sees(), Dies(31))
    sees = Sees()
    by_steps(often, sees)
    assert 60 <= sees.history.seconds < 90


@pytest.mark.usefixtures("ctrl_c")
def test_a_signal_while_an_end_is_written_waits_until_it_is(
    often: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    real = os.fsync

    def interrupted(number: int) -> None:
        written.append(number)
        if len(written) == 1:
            signal.raise_signal(signal.SIGINT)
        real(number)

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt), often:
        often.once(lambda: {"a": 1})
    assert written
    with often:
        assert often.once(lambda: {"a": 2}) == {"a": 1}


@pytest.mark.usefixtures("ctrl_c")
def test_a_terminal_that_is_closed_ends_it_with_a_checkpoint(folder: Path) -> None:
    """Progress has nowhere to be shown any more, and SIGHUP is on its way."""
    here, there = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(PROGRAM), "by_steps_shown", str(folder), "1e9"],
        stdout=subprocess.PIPE, stderr=there, text=True, start_new_session=True,
    )  # fmt: skip
    os.close(there)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    os.close(here)
    assert process.stdout.readline() == "shown\n", "a display that fails costs no training"
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGHUP
    assert list(folder.glob("training-000.state-*"))
    assert by_steps(Checkpoint(folder, verbose=0)) == by_steps(None)
