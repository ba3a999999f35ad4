"""A study that is killed and goes on comes to what it would have come to."""

from __future__ import annotations

import collections
import csv
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from recurra.cli.main import app

KILLS = 12
STUDY = """
tasks = ["jsb"]
cells = ["elman", "gru"]
trials = 7
seeds = 2
pruner = "none"

[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }

[fixed]
hidden_size = 3
batch_size = 1

[budget]
epochs = 3
"""
WANTED = 2 * (7 + 2)


def studied(folder: Path, data: Path, kills: int) -> list[list[str]]:
    """What had ended after each run."""
    program = Path(__file__).with_name("kill_program.py")
    file = folder.with_suffix(".toml")
    file.write_text(STUDY.replace("tasks", 'name = "killed"\ntasks', 1))
    options = ["--data", data, "--out", folder, "--csv", "--quiet"]
    ran = subprocess.run(
        [sys.executable, program, "0", str(kills), "--", "study", file, *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == kills + 1, ran.stdout + ran.stderr
    return [json.loads(line) for line in lines]


def table(folder: Path) -> list[dict[str, str]]:
    """Every trial but for the time that it took."""
    rows = list(csv.DictReader((folder / "trials.csv").read_text().splitlines()))
    for row in rows:
        del row["seconds"]
    return rows


def test_no_trial_is_lost_none_is_run_twice_and_the_table_is_the_same(
    chorales: Path, tmp_path: Path
) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    ended = studied(killed, chorales, KILLS)
    begun = (killed / "begun").read_text().split("\n")[:-1]
    assert len(set(ended[-1])) == len(ended[-1]) == WANTED == len(set(begun))
    assert 0 < len(ended[0]) < WANTED, "the first kill comes in the midst"
    for before, after in itertools.pairwise(ended):
        assert set(before) <= set(after), "what has ended stays"
    # A trial that is begun again had not ended: at most the one at work at each kill.
    again = collections.Counter(begun)
    assert sum(again.values()) - WANTED <= KILLS
    assert (killed / "resumed").read_text(), "one at least went on from the middle"
    late = _begun_after_they_ended(begun, ended)
    assert not late
    arguments = ["study", killed.with_suffix(".toml"), "--data", chorales, "--out", whole, "--csv"]
    assert CliRunner().invoke(app, [str(one) for one in arguments]).exit_code == 0
    assert table(killed) == table(whole)
    assert len(table(whole)) == WANTED
    assert not list((killed / "running").glob("*")), "nothing is left at work"


def _begun_after_they_ended(begun: list[str], ended: list[list[str]]) -> list[str]:
    """Each trial's last beginning comes after the last kill before which it had not ended."""
    found = []
    for trial in set(begun):
        runs_without = sum(trial not in one for one in ended)
        if begun.count(trial) > runs_without + 1:
            found.append(trial)
    return found
