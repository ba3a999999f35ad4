"""``recurra study``: from a file to a report, and every way that may go wrong."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

sys.path.append(str(Path(__file__).parents[1] / "studies"))
from made_studies import outcome, write_chorales

from recurra.studies import Storage, driver

Run = Callable[..., Result]

STUDY = """
tasks = ["jsb"]
cells = ["elman", "gru"]
trials = 2
seeds = 1

[space]
learning_rate = { low = 1e-3, high = 1e-1, log = true }

[fixed]
hidden_size = 3

[budget]
epochs = 1
"""
WANTED = 2 * (2 + 1)


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The trials that were run, each of which comes to its learning rate at once."""
    found: list[object] = []

    def run(trial):
        found.append(trial)
        return outcome(trial.settings["learning_rate"])

    monkeypatch.setattr(driver, "run", run)
    return found


@pytest.fixture
def study(run: Run, tmp_path: Path) -> Run:
    """Calls ``recurra study which.toml`` with the made-up chorales, into the folder ``out``."""
    (tmp_path / "data").mkdir()
    write_chorales(tmp_path / "data")
    (tmp_path / "which.toml").write_text(STUDY)
    return lambda *more: run("study", "which.toml", "--data", "data", "--out", "out", *more)


def test_a_file_becomes_a_report(study: Run) -> None:
    result = study("--csv")
    assert result.exit_code == 0, result.output
    assert "is best with" in result.stdout
    assert "Report: out/report.html" in result.stdout
    assert f"{WANTED}/{WANTED} jsb/gru/seeds 1:" in result.stderr
    assert "recurra " in Path("out/report.html").read_text()
    assert Path("out/report.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(Path("out/report.json").read_text())["trials_ended"] == WANTED
    rows = list(csv.DictReader(Path("out/trials.csv").read_text().splitlines()))
    assert [row["kind"] for row in rows] == ["draw", "draw", "seed"] * 2
    assert not Path("out/running").exists()


def test_what_is_there_is_not_begun_again_and_goes_on_with_resume(study: Run, ran) -> None:
    assert study("--quiet").exit_code == 0
    again = study()
    assert again.exit_code == 2
    assert "holds the trials of a study" in again.stderr
    ran.clear()
    assert study("--resume").exit_code == 0
    assert ran == []
    more = study("--resume", "--trials", 9)
    assert more.exit_code == 0
    assert len(ran) in {2 * 7, 2 * 7 + 2}, "the best again, where it is another"
    assert "have not been run yet" not in more.stdout


def test_it_goes_on_with_as_many_trials_as_it_was_begun_with(study: Run, ran) -> None:
    assert study("--trials", 5).exit_code == 0
    count = len(ran)
    resumed = study("--resume")
    assert "goes on with 5 trials of each cell on jsb" in resumed.stderr
    assert "2 would leave some out" in resumed.stderr
    assert len(ran) == count
    assert "have not been run yet" not in resumed.stdout
    assert json.loads(Path("out/study.json").read_text())["trials"] == {"jsb": 5}


def test_another_study_does_not_go_on_with_it(study: Run, ran) -> None:
    study()
    Path("which.toml").write_text(STUDY.replace("epochs = 1", "epochs = 2"))
    result = study("--resume")
    assert result.exit_code == 2
    assert "whose budget is" in result.stderr


def test_ctrl_c_says_how_it_goes_on_and_it_does(study: Run, ran, monkeypatch) -> None:
    with monkeypatch.context() as patched:

        def run(trial):
            if len(ran) == 3:
                raise KeyboardInterrupt
            ran.append(trial)
            return outcome(trial.settings["learning_rate"])

        patched.setattr(driver, "run", run)
        result = study()
    assert result.exit_code == 130
    assert f"{WANTED - 3} trials are left; the same command with --resume goes on." in result.stdout
    assert Path("out/report.html").exists()
    resumed = study("--resume")
    assert resumed.exit_code == 0
    assert len(ran) == WANTED
    assert "are left" not in resumed.stdout


def test_when_its_time_is_over_it_says_what_is_left(study: Run, ran, monkeypatch) -> None:
    late = iter([False, False, False] + [True] * 99)
    with monkeypatch.context() as patched:
        patched.setattr(driver.Driver, "_late", lambda _: next(late))
        result = study("--budget", "1s")
    assert result.exit_code == 0, result.output
    assert len(ran) == 3
    assert "3 trials are left; the same command with --resume goes on." in result.stdout
    assert "3 of 6 trials have not been run yet." in result.stdout
    assert study("--resume").exit_code == 0
    assert len(ran) == WANTED


def test_quiet_says_the_conclusion_alone(study: Run, ran) -> None:
    result = study("--quiet")
    assert result.exit_code == 0
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ('"gru"', '"guru"', 2, "the cell 'guru'"),
        ('"jsb"', '"jbs"', 2, "did you mean 'jsb'?"),
        ("trials = 2", "trials = 0", 2, "trials of a study=0"),
        ("epochs = 1", "parameters = 90", 2, "which contradict each other"),
        ("[space]", "[spice]", 2, "'spice' in which.toml"),
        ("low = 1e-3", "low = 1", 2, "space of learning_rate"),
        ('tasks = ["jsb"]', "tasks = [", 1, "is no TOML"),
        ('"gru"', '{ name = "A", cell = "gru", init = { b_f = 1 } }', 2, "b_f"),
        ('tasks = ["jsb"]', 'tasks = ["nottingham"]', 1, "needs Nottingham.mat"),
    ],
)
def test_a_bad_file_is_refused_before_anything_runs(
    study: Run, ran, *, old, new, code, words
) -> None:
    Path("which.toml").write_text(STUDY.replace(old, new, 1))
    result = study()
    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert ran == []
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("none.toml",), 1, "none.toml is not there"),
        (("gref2015",), 2, "did you mean 'greff2015'?"),
        (("which.toml", "--task", "xml"), 2, "--task xml"),
        (("which.toml", "--budget", "soon"), 2, "--budget soon"),
        (("which.toml", "--budget", "30min"), 2, "--budget 30min"),
        (("which.toml", "--trials", "0"), 2, "--trials"),
        (("which.toml", "--workers", "2", "--ray", "local"), 2, "one of them"),
        (("greff2015",), 1, "JSB_Chorales.mat"),
        (("which.toml", "--out", "which.toml"), 1, "cannot be written"),
    ],
)
def test_a_wrong_command_is_refused_before_anything_runs(
    study: Run, run: Run, ran, *, arguments, code, words
) -> None:
    result = run("study", *arguments, *(("--data", "data") if arguments[0] == "which.toml" else ()))
    assert result.exit_code == code, result.output
    assert words in result.output
    assert "Traceback" not in result.output
    assert ran == []


def test_a_study_that_is_at_work_elsewhere_is_refused(study: Run, ran) -> None:
    assert study().exit_code == 0
    before = Path("out/study.json").read_bytes()
    with Storage(Path("out")):
        result = study("--resume", "--trials", 9)
    assert result.exit_code == 1
    assert "held by another process" in result.stderr
    assert Path("out/study.json").read_bytes() == before


def test_a_damaged_journal_is_told_and_left_alone(study: Run, ran) -> None:
    assert study().exit_code == 0
    journal = Path("out/study.journal")
    first, *rest = journal.read_bytes().splitlines(keepends=True)
    damaged = first + b"{half\n" + b"".join(rest)
    journal.write_bytes(damaged)
    result = study("--resume")
    assert result.exit_code == 1
    assert "study.journal is damaged" in result.stderr
    assert journal.read_bytes() == damaged
