"""A training that is killed and goes on ends in the weights of one that never was."""

from __future__ import annotations

import itertools
import json
import math
import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from checkpoint_program import by_epochs, by_steps, digest, on_the_fly
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from recurra.errors import CheckpointError, OptionError, OutputError
from recurra.training import SGD, Callback, Checkpoint, StepTrainer, Trainer
from recurra.training.checkpoints import file, plain
from recurra.training.checkpoints.file import DamagedError
from recurra.training.checkpoints.signals import STOPPING

PROGRAM = Path(__file__).with_name("checkpoint_program.py")
STEPS = 60

Program = Callable[..., str]


class Dies(Callback):
    """Ends a training after so many steps, as an error would."""

    def __init__(self, after: int) -> None:
        self.left = after

    def on_train_batch_end(self, trainer, step) -> None:
        self.left -= 1
        if self.left == 0:
            raise MemoryError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def died(program: Program, folder: Path, after: int) -> None:
    """A run that has written a state at each step and died after so many."""
    with pytest.raises(MemoryError):
        program(Checkpoint(folder, every=1e-9, verbose=0), Dies(after))


def resumed(program: Program, folder: Path) -> str:
    return program(Checkpoint(folder, every=1e9, verbose=0))


@pytest.mark.parametrize("program", [by_epochs, by_steps, on_the_fly])
@pytest.mark.parametrize("after", [3, 7, 13, 20, 21, 22, 37])
def test_wherever_it_dies_it_ends_the_same_bit_for_bit(
    program: Program, folder: Path, after: int
) -> None:
    died(program, folder, after)
    assert len(list(folder.iterdir())) == 2
    assert resumed(program, folder) == program(None)
    assert not folder.exists(), "a finished run leaves nothing"


def test_dying_again_and_again_changes_nothing(folder: Path) -> None:
    for _ in range(9):
        died(by_epochs, folder, 5)
    assert resumed(by_epochs, folder) == by_epochs(None)


def test_what_was_written_is_gone_on_from_and_not_begun_anew(folder: Path) -> None:
    died(by_steps, folder, 31)

    class Counts(Callback):
        begun = None
        steps = 0

        def on_train_begin(self, trainer) -> None:
            self.begun = (trainer.position.epoch, trainer.position.step)

        def on_train_batch_end(self, trainer, step) -> None:
            self.steps += 1

    counts = Counts()
    by_steps(Checkpoint(folder, verbose=0), counts)
    # The state of the step in which it died was not written any more.
    assert counts.steps == STEPS - 30
    assert counts.begun == (2, 6)


def test_several_trainings_are_one_run_whose_finished_ones_are_only_read(folder: Path) -> None:
    def run(checkpoint: Checkpoint | None, *last: Callback) -> list[str]:
        first = by_epochs(checkpoint)
        return [first, by_steps(checkpoint, *last)]

    with pytest.raises(MemoryError), Checkpoint(folder, every=1e-9, verbose=0) as checkpoint:
        run(checkpoint, Dies(3))
    names = sorted(path.name for path in folder.iterdir())
    assert names[0] == "training-000.finished.safetensors"
    assert [name[:18] for name in names[1:]] == ["training-001.state"] * 2
    written = (folder / names[0]).stat().st_mtime_ns
    with pytest.raises(MemoryError), Checkpoint(folder, every=1e-9, verbose=0) as checkpoint:
        run(checkpoint, Dies(3))
    assert (folder / names[0]).stat().st_mtime_ns == written
    with Checkpoint(folder, verbose=0) as checkpoint:
        assert run(checkpoint) == run(None)
    assert not folder.exists()


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize(
    ("number", "ends_with"), [(signal.SIGINT, None), (signal.SIGTERM, -15), (signal.SIGHUP, -1)]
)
def test_a_stop_signal_is_answered_with_a_checkpoint(
    folder: Path, number: signal.Signals, ends_with: int | None
) -> None:
    command = [sys.executable, str(PROGRAM), "by_steps", str(folder), "1e9"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "begins\n"
    assert not list(folder.glob("training-*")), "nothing is due yet"
    process.send_signal(number)
    said, _ = process.communicate(timeout=60)
    if ends_with is None:
        assert "interrupted" in said
    else:
        assert process.returncode == ends_with
    assert list(folder.glob("training-000.state-*"))
    assert resumed(by_steps, folder) == by_steps(None)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("program", [by_epochs, by_steps])
def test_ctrl_c_at_the_very_end_is_an_interruption_that_loses_nothing(
    program: Program, folder: Path
) -> None:
    class AtTheEnd(Callback):
        def on_train_end(self, trainer) -> None:
            signal.raise_signal(signal.SIGINT)
            self.trainer = trainer

    last = AtTheEnd()
    program(Checkpoint(folder, verbose=0), last)
    assert last.trainer.history.interrupted
    assert resumed(program, folder) == program(None)


def test_signals_are_as_before_once_it_is_done(folder: Path) -> None:
    before = [signal.getsignal(number) for number in STOPPING]
    by_steps(Checkpoint(folder, verbose=0))
    died(by_steps, folder, 3)
    assert [signal.getsignal(number) for number in STOPPING] == before
    assert len(before) >= 3


def test_it_works_in_a_thread_where_there_are_no_signals(folder: Path) -> None:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(by_steps(Checkpoint(folder, verbose=0))))
    thread.start()
    thread.join()
    assert found == [by_steps(None)]


def _damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    if how == "cut short":
        content = content[: len(content) // 2]
    elif how == "emptied":
        content = bytearray()
    else:
        content[-5 if how == "changed in a weight" else 40] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize(
    "how", ["cut short", "emptied", "changed in a weight", "changed in its description"]
)
def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str], how: str
) -> None:
    died(by_epochs, folder, 20)
    newest = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    _damage(newest, how)
    with pytest.raises(DamagedError):
        file.read(newest)
    assert resumed(by_epochs, folder) == by_epochs(None)
    said = capsys.readouterr().err
    assert newest.name in said
    assert "is damaged" in said
    assert "goes on from the one before" in said


def test_where_both_are_damaged_the_training_begins_anew_and_says_so(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    died(by_epochs, folder, 20)
    for path in folder.iterdir():
        _damage(path, "cut short")
    assert resumed(by_epochs, folder) == by_epochs(None)
    assert "begins anew" in capsys.readouterr().err


def test_what_a_kill_in_the_middle_of_writing_left_is_removed(folder: Path) -> None:
    died(by_steps, folder, 5)
    (folder / ".training-000.state-9.safetensors.123.part").write_bytes(b"half")
    assert resumed(by_steps, folder) == by_steps(None)
    assert not folder.exists()


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit of file sizes")
def test_a_full_disk_is_said_once_and_costs_neither_training_nor_the_former_state(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    died(by_steps, folder, 5)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        died(by_steps, folder, 9)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    said = capsys.readouterr().err
    assert said.count("cannot be written") == 1
    assert "the training goes on" in said
    assert resumed(by_steps, folder) == by_steps(None)


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_is_learned(
    tmp_path: Path,
) -> None:
    (tmp_path / "taken").write_text("a file")
    steps: list[int] = []

    class Counts(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            steps.append(step)

    with pytest.raises(OutputError, match="cannot be written to"):
        by_steps(Checkpoint(tmp_path / "taken" / "run"), Counts())
    assert not steps


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be written to"):
        by_steps(Checkpoint(tmp_path / "run"))


def _other_steps(checkpoint: Checkpoint) -> None:
    by_steps(checkpoint, length=STEPS + 1)


def _wider(checkpoint: Checkpoint) -> None:
    by_steps(checkpoint, width=6)


@pytest.mark.parametrize(
    ("other", "named"), [(_other_steps, "number of steps"), (_wider, "model"), (by_epochs, "")]
)
def test_a_checkpoint_of_another_training_is_refused_in_words(
    folder: Path, other: Program, named: str
) -> None:
    died(by_steps, folder, 5)
    before = sorted(folder.iterdir())
    with pytest.raises(CheckpointError, match=f"is of another run: its .*{named}"):
        other(Checkpoint(folder, verbose=0))
    assert sorted(folder.iterdir()) == before


def test_a_checkpoint_of_other_data_or_another_version_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(MemoryError):
        by_steps(Checkpoint(folder, every=1e-9, verbose=0, key={"data": "a"}), Dies(5))
    with pytest.raises(CheckpointError, match=r"its data is 'a'\.\nExpected: data 'b'"):
        by_steps(Checkpoint(folder, verbose=0, key={"data": "b"}))
    monkeypatch.setattr("recurra.training.checkpoints.checkpoint.version", lambda name: "99.0")
    with pytest.raises(CheckpointError, match="its version is"):
        by_steps(Checkpoint(folder, verbose=0, key={"data": "a"}))


def test_other_callbacks_with_a_state_are_refused_and_those_that_look_on_are_not(
    folder: Path,
) -> None:
    class Remembers(Callback):
        def state_dict(self) -> dict[str, int]:
            return {"n": 1}

        def load_state_dict(self, state: dict[str, int]) -> None:
            self.n = state["n"]

    died(by_steps, folder, 5)
    with pytest.raises(CheckpointError, match="Remembers"):
        by_steps(Checkpoint(folder, verbose=0), Remembers())
    assert by_steps(Checkpoint(folder, verbose=0), Dies(-1)) == by_steps(None)


def test_an_option_out_of_range_and_a_state_that_cannot_be_kept_are_refused(folder: Path) -> None:
    with pytest.raises(OptionError, match="every"):
        Checkpoint(folder, every=0)

    class Strange(Callback):
        def state_dict(self) -> dict[str, object]:
            return {"n": object()}

    with pytest.raises(OptionError, match="a state that holds a object"):
        by_steps(Checkpoint(folder, every=1e-9, verbose=0), Strange())


def test_batches_that_are_too_few_are_told_after_going_on_too(folder: Path) -> None:
    def run(checkpoint: Checkpoint, *callbacks: Callback) -> None:
        model = nn.Linear(2, 1)
        trainer: StepTrainer[torch.Tensor] = StepTrainer(
            model, lambda x: model(x).mean(), SGD(model.parameters(), lr=0.1), 20,
            callbacks=callbacks,
        )  # fmt: skip
        trainer.fit(iter([torch.ones(1, 2)] * 10), checkpoint=checkpoint)

    with pytest.raises(MemoryError):
        run(Checkpoint(folder, every=1e-9, verbose=0), Dies(5))
    with pytest.raises(OptionError, match="10 batches"):
        run(Checkpoint(folder, verbose=0))


def test_the_random_states_of_python_and_numpy_go_on_too(folder: Path) -> None:
    class Draws(Callback):
        def on_train_begin(self, trainer) -> None:
            self.drawn: list[float] = []

        def on_train_batch_end(self, trainer, step) -> None:
            self.drawn += [random.random(), np.random.random(), torch.rand(()).item()]

        def state_dict(self) -> dict[str, list[float]]:
            return {"drawn": self.drawn}

        def load_state_dict(self, state: dict[str, list[float]]) -> None:
            self.drawn = state["drawn"]

    def run(checkpoint: Checkpoint | None, *callbacks: Callback) -> list[float]:
        random.seed(0)
        np.random.seed(0)
        draws = Draws()
        by_epochs(checkpoint, draws, *callbacks)
        return draws.drawn

    died(run, folder, 17)
    assert run(Checkpoint(folder, verbose=0)) == run(None)


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda one: st.lists(one) | st.tuples(one, one)
    | st.dictionaries(st.text() | st.integers(), one),
)  # fmt: skip


@settings(deadline=None)
@given(TREES)
def test_plain_data_come_back_as_they_were(data: object) -> None:
    tree, tensors = plain.apart(data)
    found = plain.together(json.loads(json.dumps(tree, allow_nan=False)), tensors)
    assert found == data
    assert repr(found) == repr(data)


def test_tensors_come_back_whatever_their_type_and_layout() -> None:
    tensors = [
        torch.arange(6, dtype=torch.int64).reshape(2, 3).T,
        torch.tensor([True, False]),
        torch.tensor(math.nan, dtype=torch.bfloat16),
        torch.empty(0, 3),
        torch.get_rng_state(),
    ]
    tied = torch.ones(3)
    content = {"all": tensors, "tied": (tied, tied)}
    tree, kept = plain.apart(content)
    found = plain.together(json.loads(json.dumps(tree)), kept)
    for ours, theirs in zip([*found["all"], *found["tied"]], [*tensors, tied, tied], strict=True):
        assert ours.dtype == theirs.dtype
        assert torch.equal(ours.nan_to_num(), theirs.nan_to_num())


def test_a_run_that_failed_before_it_wrote_anything_leaves_no_folder(folder: Path) -> None:
    with pytest.raises(MemoryError):
        by_steps(Checkpoint(folder, verbose=0), Dies(3))
    assert not folder.exists()


def test_nothing_is_kept_where_nothing_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    by_steps(None)
    by_epochs(None)
    assert not list(tmp_path.iterdir())


def test_what_is_made_once_is_read_when_the_run_goes_on(folder: Path) -> None:
    made: list[int] = []

    def make() -> dict[str, object]:
        made.append(len(made))
        return {"n": made[-1], "weights": torch.full((2,), math.pi), "name": ("a", 1.5)}

    def run(*callbacks: Callback) -> tuple[dict[str, object], str]:
        with Checkpoint(folder, every=1e-9, verbose=0) as checkpoint:
            return checkpoint.once(make), by_steps(checkpoint, *callbacks)

    with pytest.raises(MemoryError):
        run(Dies(5))
    found, trained = run()
    assert made == [0]
    assert found["n"] == 0
    assert found["name"] == ("a", 1.5)
    assert torch.equal(found["weights"], torch.full((2,), math.pi))
    assert trained == by_steps(None)


def test_a_second_fit_of_a_trainer_goes_on_from_a_first_that_was_only_read(folder: Path) -> None:
    def run(checkpoint: Checkpoint | None, *last: Callback) -> str:
        torch.manual_seed(0)
        model = nn.Linear(3, 1)
        trainer = Trainer(
            model, nn.functional.mse_loss, SGD(model.parameters(), lr=0.1, momentum=0.9)
        )
        x = torch.randn(30, 3)
        for callbacks in ((), last):
            trainer.callbacks = callbacks
            trainer.fit((x, x.sum(1, keepdim=True)), epochs=3, batch_size=4, checkpoint=checkpoint)
        return digest(model, trainer.history)

    with pytest.raises(MemoryError), Checkpoint(folder, every=1e-9, verbose=0) as checkpoint:
        run(checkpoint, Dies(11))
    with Checkpoint(folder, verbose=0) as checkpoint:
        assert run(checkpoint) == run(None)


def test_iterators_that_know_their_place_are_not_drawn_from_anew(folder: Path) -> None:
    drawn = itertools.count()

    class Numbered:
        def __init__(self) -> None:
            self.place = 0

        def __iter__(self) -> Numbered:
            return self

        def __next__(self) -> torch.Tensor:
            next(drawn)
            self.place += 1
            return torch.full((1, 2), float(self.place))

        def state_dict(self) -> dict[str, int]:
            return {"place": self.place}

        def load_state_dict(self, state: dict[str, int]) -> None:
            self.place = state["place"]

    def run(checkpoint: Checkpoint | None, *callbacks: Callback) -> str:
        torch.manual_seed(0)
        model = nn.Linear(2, 1)
        trainer: StepTrainer[torch.Tensor] = StepTrainer(
            model, lambda x: model(x).square().mean(), SGD(model.parameters(), lr=0.01), 20,
            callbacks=callbacks,
        )  # fmt: skip
        return digest(model, trainer.fit(Numbered(), checkpoint=checkpoint))

    died(run, folder, 8)
    before = next(drawn)
    found = resumed(run, folder)
    assert next(drawn) - before - 1 == 20 - 7
    assert found == run(None)
