"""Runs ``recurra study`` again and again, killed at random moments, until it has come to its end.

``kill_program.py SEED KILLS -- ARGUMENTS``: loads everything once, and forks a process a run, which
is killed after some time. Writes a line of JSON a run: the numbers of the trials that had ended, as
optuna reads them, when it was over; and to ``begun`` in the folder a line for each trial begun, to
``resumed`` one for each that had kept itself.

Trials keep themselves at every step. The second run is killed when one has.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from recurra.cli.main import app
from recurra.studies import Driver, trial
from recurra.studies.storage import FILE
from recurra.training import Checkpoint

EVERY = 1e-9


def main() -> None:
    """Until a run comes to its end by itself."""
    seed, kills, _, *arguments = sys.argv[1:]
    out = Path(arguments[arguments.index("--out") + 1])
    _warm(arguments)
    chance, span = random.Random(int(seed)), 0.0
    for number in range(int(kills) + 1):
        started = time.monotonic()
        child = os.fork()
        if not child:
            _study(out, [*arguments, "--resume"])
        if number == int(kills):
            os.waitpid(child, 0)
        elif number == 0:
            # How long a run takes is found out by the first, killed when it has one trial.
            while not _ended(out):
                time.sleep(0.005)
            span = time.monotonic() - started
            _killed(child)
        elif number == 1:
            while not _stopped_with_something_kept(child, out):
                time.sleep(0.001)
            _killed(child)
        else:
            time.sleep(chance.uniform(0, 3 * span))
            _killed(child)
        sys.stdout.write(json.dumps(_ended(out)) + "\n")
        sys.stdout.flush()


def _killed(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _stopped_with_something_kept(child: int, out: Path) -> bool:
    """Whether a trial at work has a checkpoint; if so, it is held at that moment."""
    os.kill(child, signal.SIGSTOP)
    os.waitpid(child, os.WUNTRACED)
    if any(Checkpoint(one).exists for one in (out / "running").glob("*")):
        return True
    os.kill(child, signal.SIGCONT)
    return False


def _warm(arguments: list[str]) -> None:
    """A short study here loads and compiles all, so that no process needs to."""
    with tempfile.TemporaryDirectory() as folder:
        again = [*arguments, "--trials", "1"]
        again[again.index("--out") + 1] = folder
        app(again, standalone_mode=False)


def _study(out: Path, arguments: list[str]) -> None:
    """In the child; does not come back."""
    submitted = Driver._submitted

    def told(self, job):
        kept = Checkpoint(job.trial.checkpoint).exists
        for name in ("begun", "resumed") if kept else ("begun",):
            with (out / name).open("a") as file:
                file.write(f"{job.study} {job.number}\n")
        return submitted(self, job)

    trial.EVERY = EVERY

    Driver._submitted = told
    sys.argv = ["recurra", *arguments]
    code = 1
    try:
        app(arguments, standalone_mode=True)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        os._exit(code)


def _ended(out: Path) -> list[str]:
    """The trials that have ended."""
    path = out / FILE
    if not path.exists():
        return []
    storage = JournalStorage(JournalFileBackend(str(path)))
    return [
        f"{study.study_name} {trial.number}"
        for study in storage.get_all_studies()
        for trial in storage.get_all_trials(study._study_id)
        if trial.state == TrialState.COMPLETE
    ]


if __name__ == "__main__":
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    main()
