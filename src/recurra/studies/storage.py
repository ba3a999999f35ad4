"""Where trials are kept: optuna's journal, a file to which every step of a study is added.

One study of optuna for each task and cell, ``TASK/CELL``, and one, ``TASK/CELL/seeds``, for the
best settings learned again. The file can be read by optuna and what shows its studies, while it
grows too.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from recurra.errors import OutputError
from recurra.studies.knobs import Space
from recurra.studies.library import filelock, optuna
from recurra.studies.outcome import Outcome

OUTCOME = "outcome"
KNOWN = "known"
FILE = "study.journal"


@dataclass(frozen=True)
class Kept:
    """A trial as it is kept.

    Attributes:
        number: In its study, from 0.
        settings: What was drawn.
        outcome: What came of it; None if it is at work, or was when all was killed.
        known: The numbers of the trials that had ended when it began, where that counts; None
            where it does not, or was not kept.
    """

    number: int
    settings: Mapping[str, Any]
    outcome: Outcome | None
    known: Sequence[int] | None = None


class Storage:
    """The trials of a study, for one process at a time; others may read.

    Args:
        folder: Where the file is.

    Raises:
        OutputError: If another process works on it, or it cannot be written to.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._lock = _locked(self.path)
        try:
            _mend(self.path)
            self._storage = _journal(self.path)
        except BaseException:
            self._lock.release()
            raise
        self._studies: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.release()

    def trials(self, name: str) -> list[Kept]:
        """All of a study, by their numbers.

        Raises:
            OutputError: If what is kept of one cannot be read.
        """
        study = self._study(name)
        with _told(self.path):
            return [_kept(one) for one in study.get_trials(deepcopy=False)]

    def begin(
        self,
        name: str,
        settings: Mapping[str, Any],
        space: Space,
        known: Sequence[int] | None = None,
    ) -> int:
        """Says that a trial is at work, in one stroke; its number.

        Args:
            name: Of its study.
            settings: What was drawn.
            space: What it was drawn from.
            known: See :class:`Kept`.
        """
        module, study = optuna(), self._study(name)
        trial = module.trial.create_trial(
            state=module.trial.TrialState.RUNNING,
            params=dict(settings),
            distributions={one: within.within(one) for one, within in space.items()},
            user_attrs={} if known is None else {KNOWN: list(known)},
        )
        with _told(self.path):
            study.add_trial(trial)
        return len(study.get_trials(deepcopy=False)) - 1

    def end(self, name: str, number: int, outcome: Outcome) -> None:
        """Says what came of it. If a kill comes between the two strokes, it is said again."""
        module, study = optuna(), self._study(name)
        one = study.get_trials(deepcopy=False)[number]
        with _told(self.path):
            self._storage.set_trial_user_attr(one._trial_id, OUTCOME, outcome.told())
            self._storage.set_trial_state_values(
                one._trial_id, module.trial.TrialState.COMPLETE, [outcome.value]
            )

    def drawn(self, name: str, space: Space, sampler: str, seed: int) -> dict[str, Any]:
        """Settings for the next trial.

        Args:
            name: Of the study whose trials are known to the sampler.
            space: What is drawn.
            sampler: ``"random"`` or ``"tpe"``.
            seed: Of this draw.
        """
        module = optuna()
        with warnings.catch_warnings():
            # That several settings are modelled together is called experimental.
            warnings.simplefilter("ignore", module.exceptions.ExperimentalWarning)
            chosen = (
                module.samplers.RandomSampler(seed=seed)
                if sampler == "random"
                else module.samplers.TPESampler(seed=seed, multivariate=True)
            )
        scratch = module.create_study(sampler=chosen)
        if sampler == "tpe":
            scratch.add_trials(self._ended(name))
        asked = scratch.ask({one: within.within(one) for one, within in space.items()})
        return dict(asked.params)

    def _ended(self, name: str) -> Sequence[Any]:
        complete = optuna().trial.TrialState.COMPLETE
        return [one for one in self._study(name).get_trials() if one.state == complete]

    def _study(self, name: str) -> Any:
        if name not in self._studies:
            with _told(self.path):
                study = optuna().create_study(
                    study_name=name, storage=self._storage, load_if_exists=True
                )
                self._complete(study)
            self._studies[name] = study
        return self._studies[name]

    def _complete(self, study: Any) -> None:
        """Ends trials whose outcome was said before a kill, and no more."""
        states = optuna().trial.TrialState
        for one in study.get_trials(deepcopy=False):
            if one.state == states.RUNNING and OUTCOME in one.user_attrs:
                value = Outcome.of(one.user_attrs[OUTCOME]).value
                self._storage.set_trial_state_values(one._trial_id, states.COMPLETE, [value])


def _kept(one: Any) -> Kept:
    told, known = one.user_attrs.get(OUTCOME), one.user_attrs.get(KNOWN)
    return Kept(
        one.number,
        dict(one.params),
        None if told is None else Outcome.of(told),
        None if known is None else tuple(known),
    )


def _locked(path: Path) -> Any:
    """A lock of a file beside it, this process's until it ends or lets go."""
    module = filelock()
    lock = module.FileLock(path.parent / f".{path.name}.held", thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=0)
    except module.Timeout as error:
        raise OutputError(
            f"{path} is held by another process that works on this study.",
            "one process a study, which may have many --workers",
            "wait until it has ended, or another place with --out",
        ) from error
    except OSError as error:
        raise OutputError(
            f"{path.parent} cannot be written to: {error.strerror or error}",
            "a folder that can be written to, on a disk with room",
            "another place with --out",
        ) from error
    return lock


def _mend(path: Path) -> None:
    """Cuts off half a line that a kill left at the end, and a lock of optuna that nobody holds."""
    with contextlib.suppress(FileNotFoundError):
        Path(f"{path}.lock").unlink()
    if not path.exists():
        return
    with _told(path), path.open("r+b") as file:
        content = file.read()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            file.truncate(whole)
            file.flush()
            os.fsync(file.fileno())


def _journal(path: Path) -> Any:
    module = optuna()
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock  # noqa: PLC0415

    with _told(path), warnings.catch_warnings():
        warnings.simplefilter("ignore", module.exceptions.ExperimentalWarning)
        lock = JournalFileOpenLock(str(path))
        return module.storages.JournalStorage(JournalFileBackend(str(path), lock_obj=lock))


@contextlib.contextmanager
def _told(path: Path) -> Any:
    """What the system or a damaged file says, in words."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written to: {error.strerror or error}",
            "a file that can be written to, on a disk with room",
            "make room, or another place with --out; what has ended is kept",
        ) from error
    except (ValueError, KeyError, TypeError, AssertionError) as error:
        raise OutputError(
            f"{path} is damaged, or of another version of Recurra: {error}",
            "the journal of a study, a line of JSON a step",
            "another place with --out, or a copy of the file from before",
        ) from error
