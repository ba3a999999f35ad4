"""Which trial comes next: the draws of all cells in turn, then the best settings of each again."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
    return min(ended, key=_value, default=None)


def counted(study: Study, storage: Storage, task: str, contender: Contender) -> list[Kept]:
    """The draws of a cell on a task that count: the first ones, as many as the study has."""
    return storage.trials(study_of(task, contender))[: study.draws_of(task, contender)]


def learned_again(study: Study, storage: Storage, task: str, contender: Contender) -> list[Kept]:
    """Those of the best settings; what was the best with fewer draws may be it no longer."""
    found = best(counted(study, storage, task, contender))
    trials = storage.trials(seeds_of(task, contender))
    return [one for one in trials if found is not None and one.settings == found.settings]


@dataclass(frozen=True)
class Plan:
    """What is still to be run of a study.

    Attributes:
        study: Which.
        storage: Where its trials are kept.
        data: Where files of tasks are looked for.
        folder: Where trials at work keep themselves; None for nowhere.
    """

    study: Study
    storage: Storage
    data: Path | None
    folder: Path | None

    @property
    def remaining(self) -> int:
        """Trials that have not ended, of the draws and of the seeds."""
        study = self.study
        return sum(
            _open(self._counted(pair), study.draws_of(*pair))
            + _open(self._again(pair), study.seeds)
            for pair in study.pairs
        )

    def begun(self) -> Iterator[Job]:
        """The trials that were at work when all was stopped, of which none is drawn again."""
        for pair in self.study.pairs:
            for again, trials in (
                (False, self._counted(pair)),
                (True, self.storage.trials(seeds_of(*pair))),
            ):
                for kept in trials:
                    if kept.outcome is None:
                        yield self._job(pair, kept, again=again)

    def draws(self) -> Iterator[Job]:
        """What is still to be drawn; each is drawn when it is asked for."""
        study = self.study
        most = max(study.trials_of(task) for task in study.tasks)
        for number, pair in itertools.product(range(most), study.pairs):
            name = study_of(*pair)
            wanted = min(most, study.draws_of(*pair))
            if len(self.storage.trials(name)) > number or number >= wanted:
                continue
            seed = seed_of(study.seed, pair[0], number)
            space = study.space_of(pair[1])
            settings = self.storage.drawn(name, space, study.sampler, seed)
            yield self._new(pair, settings, again=False)

    def seeds(self) -> Iterator[Job]:
        """The best settings of each cell, to be learned again; all draws have ended."""
        for number, pair in itertools.product(range(self.study.seeds), self.study.pairs):
            found = best(self._counted(pair))
            if found is not None and len(self._again(pair)) <= number:
                yield self._new(pair, found.settings, again=True)

    def _new(self, pair: tuple[str, Contender], settings: Mapping[str, Any], *, again: bool) -> Job:
        name, known = _name(pair, again=again), None
        if not again and self.study.pruner != "none":
            ended = (one for one in self.storage.trials(name) if one.outcome is not None)
            known = tuple(one.number for one in ended)
        number = self.storage.begin(name, settings, self.study.space_of(pair[1]), known)
        return self._job(pair, Kept(number, settings, None, known), again=again)

    def _job(self, pair: tuple[str, Contender], kept: Kept, *, again: bool) -> Job:
        (task, contender), study, name = pair, self.study, _name(pair, again=again)
        trial = Trial(
            task,
            contender,
            {**study.fixed, **kept.settings, **contender.settings},
            study.budget,
            # Draws and seeds of one number begin alike for every cell.
            seed_of(study.seed, task, "again" if again else "draw", kept.number),
            self.data,
            self.folder and self.folder / f"{seed_of(name):08x}-{kept.number}",
            None if again or study.pruner == "none" else self._curves(name, kept.known),
            study.named,
        )
        return Job(name, kept.number, trial)

    def _curves(self, name: str, known: Sequence[int] | None) -> list[Sequence[float]]:
        """Those of the trials that one knows; of all, where a journal does not say which."""
        ended = [one for one in self.storage.trials(name) if one.outcome is not None]
        return [_curve(one) for one in ended if known is None or one.number in known]

    def _counted(self, pair: tuple[str, Contender]) -> list[Kept]:
        return counted(self.study, self.storage, *pair)

    def _again(self, pair: tuple[str, Contender]) -> list[Kept]:
        return learned_again(self.study, self.storage, *pair)


def _name(pair: tuple[str, Contender], *, again: bool) -> str:
    return seeds_of(*pair) if again else study_of(*pair)


def _open(trials: Sequence[Kept], wanted: int) -> int:
    return max(0, wanted - sum(one.outcome is not None for one in trials))


def _curve(one: Kept) -> Sequence[float]:
    assert one.outcome is not None
    return one.outcome.curve


def _value(one: Kept) -> float:
    assert one.outcome is not None
    return one.outcome.value
