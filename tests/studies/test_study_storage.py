"""The journal of a study: optuna reads it, kills do it no harm, and its faults are told."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path

import optuna
import pytest
from made_studies import outcome
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from recurra.errors import OutputError
from recurra.studies import Choice, Interval, Storage
from recurra.studies.storage import FILE, OUTCOME

SPACE = {"learning_rate": Interval(1e-3, 1e-1, log=True), "optimizer": Choice(("adam", "sgd"))}
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")

FORK = multiprocessing.get_context("fork")
DRAWN = {"learning_rate": 0.01, "optimizer": "sgd"}


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with one trial that has ended and one at work."""
    with Storage(tmp_path) as storage:
        storage.end("jsb/GRU", storage.begin("jsb/GRU", DRAWN, SPACE), outcome(1.5, test=1.75))
        storage.begin("jsb/GRU", DRAWN, SPACE)
    return tmp_path


def as_optuna_has_it(folder: Path, name: str) -> optuna.Study:
    storage = JournalStorage(JournalFileBackend(str(folder / FILE)))
    return optuna.load_study(study_name=name, storage=storage)


def test_what_is_kept_is_read_again(kept: Path) -> None:
    with Storage(kept) as storage:
        ended, open_one = storage.trials("jsb/GRU")
    assert (ended.number, ended.settings, ended.outcome) == (0, DRAWN, outcome(1.5, test=1.75))
    assert (open_one.number, open_one.settings, open_one.outcome) == (1, DRAWN, None)


def test_which_trials_one_knows_is_read_again(tmp_path: Path) -> None:
    with Storage(tmp_path) as storage:
        for known in (None, (), (0, 1)):
            storage.begin("jsb/GRU", DRAWN, SPACE, known)
    with Storage(tmp_path) as storage:
        assert [one.known for one in storage.trials("jsb/GRU")] == [None, (), (0, 1)]


@pytest.mark.parametrize(
    "other",
    [
        lambda told: {**told, "mood": "good"},
        lambda told: {name: one for name, one in told.items() if name != "flops"},
        lambda told: list(told.values()),
    ],
    ids=["a field more", "a field less", "no fields"],
)
def test_an_outcome_of_another_version_is_told(kept: Path, other: Callable[..., object]) -> None:
    path, changed = kept / FILE, 0
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        if OUTCOME in line.get("user_attr", {}):
            line["user_attr"][OUTCOME] = other(line["user_attr"][OUTCOME])
            changed += 1
    assert changed == 1
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with Storage(kept) as storage, pytest.raises(OutputError, match="or of another version"):
        storage.trials("jsb/GRU")


def test_optuna_reads_it_by_itself(kept: Path) -> None:
    study = as_optuna_has_it(kept, "jsb/GRU")
    assert [one.state for one in study.trials] == [TrialState.COMPLETE, TrialState.RUNNING]
    assert study.best_trial.params == DRAWN
    assert study.best_value == 1.5


def test_a_draw_depends_on_its_seed_alone(kept: Path, tmp_path_factory) -> None:
    with Storage(kept) as one, Storage(tmp_path_factory.mktemp("other")) as other:
        found = [one.drawn("jsb/GRU", SPACE, "random", seed) for seed in (1, 2, 1)]
        assert found[0] == found[2] == other.drawn("xml/LSTM", SPACE, "random", 1)
        assert found[0] != found[1]


def test_parzen_estimators_learn_from_what_has_ended(tmp_path: Path) -> None:
    with Storage(tmp_path) as storage:
        for number in range(20):
            rate = 0.001 * 100 ** (number / 19)
            place = storage.begin("a/b", {**DRAWN, "learning_rate": rate}, SPACE)
            storage.end("a/b", place, outcome(abs(number - 19) + 1.0))
        found = [storage.drawn("a/b", SPACE, "tpe", seed)["learning_rate"] for seed in range(12)]
        evenly = [
            storage.drawn("a/b", SPACE, "random", seed)["learning_rate"] for seed in range(12)
        ]
    assert sorted(found)[6] > 2 * sorted(evenly)[6]


def test_one_that_another_process_works_on_is_refused_until_that_dies(kept: Path) -> None:
    def hold() -> None:
        with Storage(kept):
            there.set()
            time.sleep(600)

    there = FORK.Event()
    other = FORK.Process(target=hold)
    other.start()
    assert there.wait(60)
    with pytest.raises(OutputError, match="held by another process"):
        Storage(kept)
    assert as_optuna_has_it(kept, "jsb/GRU").trials, "others may read"
    other.kill()
    other.join()
    with Storage(kept) as storage:
        assert len(storage.trials("jsb/GRU")) == 2


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written to"):
        Storage(tmp_path / "file" / "study")


def test_a_read_only_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        with pytest.raises(OutputError, match="cannot be written to: Read-only file system"):
            Storage(tmp_path)


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_half_a_last_line_is_cut_off_and_all_before_it_is_there(kept: Path, cut: int) -> None:
    path = kept / FILE
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    assert len(lines[-1]) > cut
    path.write_bytes(whole[:-cut])
    with Storage(kept) as storage:
        assert len(storage.trials("jsb/GRU")) == 1
        assert path.read_bytes().startswith(b"".join(lines[:-1]))
        assert storage.begin("jsb/GRU", DRAWN, SPACE) == 1
    assert len(as_optuna_has_it(kept, "jsb/GRU").trials) == 2


def test_a_kill_between_the_two_strokes_of_an_end_loses_nothing(kept: Path) -> None:
    path = kept / FILE
    lines = path.read_bytes().splitlines(keepends=True)
    # The strokes: the study, a trial, what came of it, that it ended, another trial.
    assert len(lines) == 5
    path.write_bytes(b"".join(lines[:3]))
    with Storage(kept) as storage:
        assert storage.trials("jsb/GRU")[0].outcome == outcome(1.5, test=1.75)
    assert as_optuna_has_it(kept, "jsb/GRU").trials[0].state == TrialState.COMPLETE


def test_a_lock_of_optuna_that_a_kill_left_is_taken_away(kept: Path) -> None:
    (kept / f"{FILE}.lock").touch()
    with Storage(kept) as storage:
        assert storage.begin("jsb/GRU", DRAWN, SPACE) == 2


@pytest.mark.parametrize("line", [b"{half\n", b"\xff\xfe\n", b"{}\n", b"null\n", b"[1]\n", b"3\n"])
def test_damage_in_the_middle_is_told_and_the_file_left_alone(kept: Path, line: bytes) -> None:
    path = kept / FILE
    first, *rest = path.read_bytes().splitlines(keepends=True)
    damaged = first + line + b"".join(rest)
    path.write_bytes(damaged)
    with pytest.raises(OutputError, match=r"study\.journal is damaged"), Storage(kept) as storage:
        storage.trials("jsb/GRU")
    assert path.read_bytes() == damaged


def test_a_full_disk_is_told_and_what_was_kept_can_go_on(kept: Path) -> None:
    before = (kept / FILE).read_bytes()

    def fill() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with Storage(kept) as storage:
            storage.trials("jsb/GRU")
            room = len(before) + 20
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
            try:
                storage.begin("jsb/GRU", DRAWN, SPACE)
            except OutputError as error:
                told.put(str(error))

    told = FORK.SimpleQueue()
    child = FORK.Process(target=fill)
    child.start()
    child.join(60)
    assert child.exitcode == 0
    words = told.get()
    assert "cannot be written to: File too large" in words
    assert "make room" in words
    assert (kept / FILE).read_bytes()[: len(before)] == before
    with Storage(kept) as storage:
        assert len(storage.trials("jsb/GRU")) == 2
        assert storage.begin("jsb/GRU", DRAWN, SPACE) == 2
