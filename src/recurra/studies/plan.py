"""Which trial comes next: the draws of all cells in turn, then the best settings of each again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.studies.declaration import Contender, Study
from recurra.studies.storage import Kept, Storage
from recurra.studies.trial import Trial

SEEDS = "seeds"


@dataclass(frozen=True)
class Job:
    """A trial with its place in the storage.

    Attributes:
        study: The name of its study there.
        number: Its number there.
        trial: What is to be run.
    """

    study: str
    number: int
    trial: Trial


def study_of(task: str, contender: Contender) -> str:
    """The name under which the draws of a cell on a task are kept."""
    return f"{task}/{contender.name}"


def seeds_of(task: str, contender: Contender) -> str:
    """The name under which its best settings, learned again, are kept."""
    return f"{study_of(task, contender)}/{SEEDS}"


def seed_of(*parts: object) -> int:
    """A seed from 0 to 2**31 - 1 that follows from the parts, on every machine alike."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def best(trials: Sequence[Kept]) -> Kept | None:
    """The trial with the least loss on held-out data; the first of several."""
    ended = [one for one in trials if one.outcome is not None]
    return min(ended, key=lambda one: _value(one), default=None)


def remaining(study: Study, storage: Storage) -> int:
    """Trials that have not ended, of the draws and of the seeds."""
    draws = sum(_open(storage, study_of(*pair), study.trials) for pair in study.pairs)
    return draws + sum(_open(storage, seeds_of(*pair), study.seeds) for pair in study.pairs)


def begun(study: Study, storage: Storage, data: Path | None, folder: Path) -> Iterator[Job]:
    """The trials that were at work when all was stopped, of which none is drawn again."""
    for task, contender in study.pairs:
        for name in (study_of(task, contender), seeds_of(task, contender)):
            for kept in storage.trials(name):
                if kept.outcome is None:
                    yield _job(study, storage, task, contender, name, kept, data, folder)


def draws(study: Study, storage: Storage, data: Path | None, folder: Path) -> Iterator[Job]:
    """What is still to be drawn; each is drawn when it is asked for."""
    for number in range(study.trials):
        for task, contender in study.pairs:
            name = study_of(task, contender)
            if len(storage.trials(name)) > number:
                continue
            seed = seed_of(study.seed, task, number)
            settings = storage.drawn(name, study.space, study.sampler, seed)
            storage.begin(name, settings, study.space)
            kept = Kept(number, settings, None)
            yield _job(study, storage, task, contender, name, kept, data, folder)


def seeds(study: Study, storage: Storage, data: Path | None, folder: Path) -> Iterator[Job]:
    """The best settings of each cell, to be learned again; all draws have ended."""
    for number in range(study.seeds):
        for task, contender in study.pairs:
            name, found = seeds_of(task, contender), best(storage.trials(study_of(task, contender)))
            if found is None or len(storage.trials(name)) > number:
                continue
            storage.begin(name, found.settings, study.space)
            kept = Kept(number, found.settings, None)
            yield _job(study, storage, task, contender, name, kept, data, folder)


def _job(
    study: Study,
    storage: Storage,
    task: str,
    contender: Contender,
    name: str,
    kept: Kept,
    data: Path | None,
    folder: Path,
) -> Job:
    again = name.endswith(f"/{SEEDS}")
    before = None if again or study.pruner == "none" else _curves(storage.trials(name))
    trial = Trial(
        task,
        contender,
        {**study.fixed, **kept.settings},
        study.budget,
        # Draws and seeds of one number begin from the same weights for every cell.
        seed_of(study.seed, task, "again" if again else "draw", kept.number),
        data,
        folder / "running" / f"{seed_of(name):08x}-{kept.number}",
        before,
    )
    return Job(name, kept.number, trial)


def _curves(trials: Sequence[Kept]) -> list[Sequence[float]]:
    return [one.outcome.curve for one in trials if one.outcome is not None]


def _open(storage: Storage, name: str, wanted: int) -> int:
    return max(0, wanted - sum(one.outcome is not None for one in storage.trials(name)))


def _value(one: Kept) -> float:
    assert one.outcome is not None
    return one.outcome.value
