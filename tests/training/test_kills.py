"""Killed at any moment whatever, a training goes on and ends in the weights of one never killed."""

from __future__ import annotations

import random
import signal
import sys
import time
from pathlib import Path

import checkpoint_program
import kills
import pytest

from recurra.training import Checkpoint

LONG = {
    "by_steps": {"length": 100, "width": 5_000},
    "by_epochs": {"epochs": 12, "width": 5_000},
}
"""Checkpoints of half a megabyte, so that writing them takes longer than learning does."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "run"


def unbroken(program: str) -> str:
    return getattr(checkpoint_program, program)(None, **LONG[program])


def life(program: str, folder: Path) -> float:
    """Seconds of a training that is not killed, from its first step."""
    with kills.process(kills.trains, program, folder, LONG[program]) as (_, here):
        here.recv()
        begun = time.perf_counter()
        kills.said(here)
        return time.perf_counter() - begun


@pytest.mark.parametrize(
    "count", [8, pytest.param(50, marks=pytest.mark.every_moment)], ids="{} moments".format
)
@pytest.mark.parametrize("program", LONG)
def test_sigkill_at_random_moments_changes_no_bit_and_leaves_no_unreadable_file(
    program: str, folder: Path, count: int
) -> None:
    options, whole, drawn = LONG[program], unbroken(program), random.Random(program)
    lasts = life(program, folder)
    moments = sorted(drawn.uniform(0, lasts) for _ in range(count))
    ends, reached, halves = [], [], 0
    for since, moment in zip([0.0, *moments], moments, strict=False):
        ended = kills.killed_after(moment - since, program, folder, options)
        ends += [ended] if ended else []
        reached += [] if ended else [kills.newest(folder)]
        halves += bool(kills.check_left(folder))
    ends.append(getattr(checkpoint_program, program)(Checkpoint(folder, verbose=0), **options))
    assert set(ends) == {whole}
    assert not folder.exists(), "a finished run leaves nothing"
    # How many hit what: a machine that is busy with other things moves them.
    told = f"{len(reached)} killed behind steps {reached}, {halves} in the middle of writing\n"
    sys.stdout.write(told)
    assert len(reached) > count / 2, "most of them hit a training at work"
    assert len(set(reached)) > count / 3, "they lie all over it"


def _being_written(names: list[str]) -> bool:
    return any(kills.ASIDE.fullmatch(name) for name in names)


def _renamed_but_not_yet_removed(names: list[str]) -> bool:
    return sum(kills.WHOLE.fullmatch(name) is not None for name in names) > 2


@pytest.mark.parametrize("seen", [_being_written, _renamed_but_not_yet_removed])
def test_sigkill_while_a_checkpoint_is_written_or_an_old_one_removed(folder: Path, seen) -> None:
    program, drawn = "by_steps", random.Random(seen.__name__)
    options, hits = LONG[program], 0
    for _ in range(4):
        kills.killed_after(drawn.uniform(0, 0.05), program, folder, options)
        hits += kills.killed_while(seen, program, folder, options)
        kills.check_left(folder)
    assert hits, "it was found in the middle"
    kept = Checkpoint(folder, verbose=0)
    assert getattr(checkpoint_program, program)(kept, **options) == unbroken(program)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("program", "options"),
    [
        ("by_steps", {"length": 2}),
        pytest.param("by_steps", {"length": 11}, marks=pytest.mark.every_moment),
        pytest.param("by_epochs", {"epochs": 2}, marks=pytest.mark.every_moment),
    ],
)
def test_sigkill_before_each_change_that_is_made_in_the_folder(
    program: str, options: dict[str, int], folder: Path
) -> None:
    function = getattr(checkpoint_program, program)
    whole = function(None, **options)
    with kills.process(kills.trains_until, program, folder, options, 0) as (_, here):
        _, found, changes = kills.said(here)
    assert found == whole
    assert changes > 10
    for last in range(1, changes + 1):
        with kills.process(kills.trains_until, program, folder, options, last) as (one, here):
            kills.said(here)
            one.join()
            assert one.exitcode == -signal.SIGKILL, f"killed before change {last}"
        kills.check_left(folder)
        assert function(Checkpoint(folder, verbose=0), **options) == whole
        assert not folder.exists()
