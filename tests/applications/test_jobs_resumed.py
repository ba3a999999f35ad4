"""A fit of a job that is killed and goes on ends in the bits of one that never was."""

from __future__ import annotations

import functools
import multiprocessing
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from short_fits import FITS, NEVER, OFTEN, Dies, die_without_warning, failed

from recurra.applications.kept import digest
from recurra.errors import CheckpointError
from recurra.training import Callback, Checkpoint

MANY = 10**9
PROCESSES = multiprocessing.get_context("forkserver")
"""Each is forked from one that has read the libraries and done nothing else."""
# Python 3.11 looks for these in what is installed alone, whatever sys.path is.
PROCESSES.set_forkserver_preload(
    [name for name in sys.modules if name.startswith(("torch", "recurra.applications."))]
)

Fit = Callable[..., str]


@functools.cache
def unbroken(job: str) -> tuple[str, int]:
    """How a run ends that was never stopped, and its steps."""
    counted = Dies(MANY, failed)
    return FITS[job](None, counted), MANY - counted.left


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def died(job: str, folder: Path, after: int) -> None:
    with pytest.raises(MemoryError):
        FITS[job](Checkpoint(folder, every=OFTEN, verbose=0), Dies(after, failed))


def resumed(job: str, folder: Path, *watch: Callback) -> str:
    return FITS[job](Checkpoint(folder, every=NEVER, verbose=0), *watch)


@pytest.mark.parametrize("job", FITS)
def test_killed_without_warning_it_goes_on_in_another_process_bit_for_bit(
    job: str, folder: Path
) -> None:
    other = PROCESSES.Process(target=die_without_warning, args=(job, str(folder), 7))
    other.start()
    other.join()
    assert other.exitcode == -signal.SIGKILL
    assert list(folder.glob("training-*"))
    assert resumed(job, folder) == unbroken(job)[0]
    assert not folder.exists(), "a finished run leaves nothing"


# In text a pass has 3 chunks, in translate as many batches; in sentiment the second network
# begins after 8 steps.
@pytest.mark.parametrize("after", [2, 3, 4, 8, 9, 11, 14])
@pytest.mark.parametrize("job", FITS)
def test_wherever_it_dies_it_ends_the_same(job: str, after: int, folder: Path) -> None:
    died(job, folder, after)
    counted, (ended, steps) = Dies(MANY, failed), unbroken(job)
    assert resumed(job, folder, counted) == ended
    # Of the step in which it died nothing was kept.
    assert MANY - counted.left == steps - after + 1


@pytest.mark.parametrize("job", FITS)
def test_a_checkpoint_of_other_options_is_refused_in_words(job: str, folder: Path) -> None:
    died(job, folder, 3)
    with pytest.raises(CheckpointError, match="its seed is 0"):
        FITS[job](Checkpoint(folder), seed=1)
    assert list(folder.iterdir()), "what was refused is left alone"


def test_what_shows_progress_goes_on_where_it_was(folder: Path) -> None:
    class Shown(Callback):
        def on_train_begin(self, trainer) -> None:
            self.begun = trainer.position.epoch, trainer.position.step
            self.epochs: list[int] = []

        def on_epoch_end(self, trainer, epoch, logs) -> None:
            self.epochs.append(epoch)

    # The first network had come to its end, the second had made 3 of its 8 steps.
    died("sentiment", folder, 12)
    shown = Shown()
    resumed("sentiment", folder, shown)
    assert shown.begun == (4 + 1, 1)
    assert shown.epochs == [5, 6, 7]


def test_texts_that_are_others_or_stand_otherwise_are_told_apart() -> None:
    columns = (["ab", "c"], ["x", "y"])
    others = (["a", "bc"], ["x", "y"]), (["c", "ab"], ["x", "y"]), (["ab"], ["c", "x", "y"])
    assert digest(*columns) == digest(*columns)
    assert len({digest(*one) for one in (columns, *others)}) == 4
    assert digest(["\ud800"]).startswith("1 texts")
