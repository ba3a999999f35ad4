"""Parts of a run that other processes learn: each is kept by itself, and all until the run ends."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from checkpoint_program import by_epochs, by_steps

from recurra.errors import CheckpointError, OutputError
from recurra.training import Callback, Checkpoint
from recurra.training.checkpoints.folder import Folder
from recurra.training.checkpoints.part import Part
from recurra.training.checkpoints.run import opened

LENGTH = 20
TWO = "first", "second"
"""What the parts are."""


class Counts(Callback):
    """Counts steps, and ends the training after so many."""

    def __init__(self, most: int | None = None) -> None:
        self.seen, self.most = 0, most

    def on_train_batch_end(self, trainer, step) -> None:
        self.seen += 1
        if self.seen == self.most:
            raise MemoryError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def kept(folder: Path, **key: object) -> Checkpoint:
    return Checkpoint(folder, every=1e-9, key=key, verbose=0)


def learned(part: Part | None, *callbacks: Callback) -> str:
    """What the other process does, which was sent the part."""
    with opened(pickle.loads(pickle.dumps(part))) as run:
        return by_steps(run, *callbacks, length=LENGTH)


def whole_run(run: Checkpoint, *ends: Callback) -> list[str]:
    """A training, two parts and a training; a callback for each."""
    ends = (*ends, *[Counts() for _ in range(4 - len(ends))])
    with run:
        first = by_epochs(run, ends[0], epochs=1)
        parts = run.parts(TWO)
        both = [learned(part, end) for part, end in zip(parts, ends[1:3], strict=True)]
        return [first, *both, by_steps(run, ends[3], length=LENGTH)]


@pytest.mark.parametrize(
    ("dies", "again"), [(1, (0, 11, 20, 20)), (2, (0, 0, 11, 20)), (3, (0, 0, 0, 11))]
)
def test_a_run_that_died_reads_what_its_parts_had_finished_and_goes_on_in_one(
    folder: Path, dies: int, again: tuple[int, ...]
) -> None:
    with pytest.raises(MemoryError):
        whole_run(kept(folder), *[Counts(10 if place == dies else None) for place in range(4)])
    assert kept(folder).exists
    counts = [Counts() for _ in range(4)]
    wanted = [by_epochs(None, epochs=1), *3 * [by_steps(None, length=LENGTH)]]
    assert whole_run(kept(folder), *counts) == wanted
    assert tuple(count.seen for count in counts) == again
    assert not folder.exists()


def test_a_run_of_parts_alone_exists_and_is_cleared(folder: Path) -> None:
    run = kept(folder)
    with pytest.raises(MemoryError), run:
        learned(run.parts((*TWO, "third"))[1], Counts(5))
    assert [path.name for path in folder.iterdir()] == ["part-001"], "empty ones are gone"
    assert run.exists
    run.clear()
    assert not folder.exists()


def test_a_part_whose_process_was_killed_as_it_wrote_is_cleared(folder: Path) -> None:
    run = kept(folder)
    with run:
        learned(run.parts(TWO[:1])[0])
        (folder / "part-000" / ".training-000.state-3.safetensors.1.part").touch()
    assert not folder.exists()


def test_parts_of_another_run_are_refused_and_left_alone(folder: Path) -> None:
    with pytest.raises(MemoryError), kept(folder, data="a") as run:
        learned(run.parts(TWO[:1])[0], Counts(5))
    before = sorted(folder.rglob("*"))
    with pytest.raises(CheckpointError, match="its data is 'a'"):
        whole_run(kept(folder, data="b"))
    with pytest.raises(CheckpointError, match="its data is 'a'"):
        learned(Part(folder / "part-000", 1.0, {"data": "b"}))
    assert sorted(folder.rglob("*")) == before


def test_what_ctrl_c_left_half_trained_has_no_parts(folder: Path) -> None:
    class CtrlC(Callback):
        def on_train_batch_end(self, trainer, step) -> None:
            raise KeyboardInterrupt

    with kept(folder) as run:
        by_steps(run, CtrlC())
        assert run.parts(TWO) == [None, None]
    with opened(None) as nothing:
        assert nothing is None


def test_a_part_that_no_folder_can_be_made_for_is_learned_all_the_same(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept(folder) as run:
        (folder / "part-001").touch()
        parts = run.parts(TWO)
        assert [part is None for part in parts] == [False, True]
        assert learned(parts[1]) == by_steps(None, length=LENGTH)
    assert "1 of 2 parts" in capsys.readouterr().err


@pytest.fixture
def rare(folder: Path) -> Iterator[Callable[[], Checkpoint]]:
    """Makes checkpoints of one run that write nothing by the clock; in the end all let go."""
    made: list[Checkpoint] = []

    def make() -> Checkpoint:
        made.append(Checkpoint(folder, every=3600.0, verbose=0))
        return made[-1]

    yield make
    for run in made:
        run.signals.release()


def searched(run: Checkpoint, trials: int) -> tuple[int, list[str]]:
    """Something made of so many things, which by the clock may be others, then two parts."""

    def search() -> dict[str, int]:
        return {"best": max(run.once(lambda n=n: {"n": n})["n"] for n in range(trials))}

    best = run.once(search)["best"]
    return best, [part.path.name for part in run.parts(TWO) if part]


def test_what_stands_before_parts_is_on_the_disk_when_they_are_handed_out(
    rare: Callable[[], Checkpoint], folder: Path
) -> None:
    killed = rare().__enter__()
    wanted = searched(killed, 3)
    assert wanted == (2, ["part-004", "part-005"])
    finished = sorted(path.name for path in folder.glob("training-*"))
    assert finished == [f"training-00{number}.finished.safetensors" for number in range(4)]
    with rare() as again:
        assert searched(again, 5) == wanted, "it is read, and the parts stand where they stood"


def test_where_what_stands_before_them_cannot_be_written_parts_are_not_kept(
    rare: Callable[[], Checkpoint], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Folder, training: int, content: bytes) -> None:
        raise OutputError("no room", "room", "another disk")

    with rare() as run:
        with monkeypatch.context() as patched:
            patched.setattr(Folder, "write_finished", full)
            assert searched(run, 1) == (0, [])
        later = [part.path.name for part in run.parts(TWO) if part]
    assert later == ["part-004", "part-005"], "the others keep their places"


def test_a_part_that_was_kept_as_another_is_refused(folder: Path) -> None:
    with pytest.raises(MemoryError), kept(folder) as run:
        learned(run.parts(TWO)[0], Counts(5))
    with kept(folder) as run:
        (found,) = run.parts(["other"])
        with pytest.raises(CheckpointError, match="its part is 'first'"):
            learned(found)
        run.keep()


def test_a_part_is_found_from_any_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with kept(Path(folder.name)) as run:
        (part, _) = run.parts(TWO)
        monkeypatch.chdir("/")
        assert part is not None
        assert part.path == folder / "part-000"
        learned(part)
        monkeypatch.chdir(tmp_path)
    assert not folder.exists()


def test_a_part_in_which_nothing_was_learned_can_be_opened_again(folder: Path) -> None:
    with kept(folder) as run:
        (part, _) = run.parts(TWO)
        with opened(part):
            pass
        with pytest.raises(MemoryError), opened(part):
            raise MemoryError
        assert learned(part) == by_steps(None, length=LENGTH)
    assert not folder.exists()


def test_a_process_that_does_not_see_the_folder_is_told_so(
    folder: Path, assert_helpful: Callable[..., None]
) -> None:
    with pytest.raises(OutputError) as raised:
        learned(Part(folder / "part-000", 60.0, {}))
    assert_helpful(raised.value, "part-000", "every process of the executor sees")
    assert not folder.exists()
