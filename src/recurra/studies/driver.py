"""Runs a study: asks for trials, has them run, keeps what came of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from recurra.studies import plan
from recurra.studies.declaration import Study
from recurra.studies.outcome import Outcome
from recurra.studies.plan import Job
from recurra.studies.storage import Storage
from recurra.studies.trial import run

Stopped = Literal["all", "time", "interrupted"]


@dataclass(frozen=True)
class Progress:
    """What is told after each trial.

    Attributes:
        job: Which it was.
        outcome: What came of it.
        ended: Trials that have ended, earlier runs included.
        all: Trials of the whole study.
        seconds_left: Until all have ended, if they go on as they went; None for the first ones.
    """

    job: Job
    outcome: Outcome
    ended: int
    all: int
    seconds_left: float | None


class Driver:
    """Runs the trials of a study that have not ended.

    Args:
        study: What is to be run.
        storage: Where trials are kept.
        data: Where files of tasks are looked for.
        folder: Where trials at work keep themselves.
        executor: What runs them; None to run them here, one after the other.
        workers: How many are at work at once.
        seconds: After so long no trial is begun; None for no bound.
        tell: Is told of each trial that ends.
    """

    def __init__(
        self,
        study: Study,
        storage: Storage,
        *,
        data: Path | None,
        folder: Path,
        executor: Executor | None = None,
        workers: int = 1,
        seconds: float | None = None,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.study, self.storage, self.data, self.folder = study, storage, data, folder
        self.executor, self.workers, self.tell = executor, workers, tell
        self._begun = time.monotonic()
        self._until = None if seconds is None else self._begun + seconds
        self._all = (study.trials + study.seeds) * len(study.pairs)
        self._open = self._at_first = plan.remaining(study, storage)

    def run(self) -> Stopped:
        """Runs until all have ended, the time is over, or Ctrl-C."""
        given = (self.study, self.storage, self.data, self.folder)
        first = itertools.chain(plan.begun(*given), plan.draws(*given))
        try:
            # The best settings are known when all draws have ended.
            for jobs in (first, plan.seeds(*given)):
                if not self._all_of(jobs):
                    return "time"
        except KeyboardInterrupt:
            return "interrupted"
        return "all"

    def _all_of(self, jobs: Iterator[Job]) -> bool:
        """Whether all were run."""
        at_work: dict[Future[Outcome], Job] = {}
        more = True
        while more or at_work:
            while more and len(at_work) < self.workers:
                job = None if self._late() else next(jobs, None)
                if job is None:
                    more = False
                else:
                    at_work[self._submitted(job)] = job
            for future in wait(at_work, return_when=FIRST_COMPLETED).done if at_work else ():
                self._end(at_work.pop(future), future.result())
        return not self._late() or next(jobs, None) is None

    def _submitted(self, job: Job) -> Future[Outcome]:
        if self.executor is not None:
            return self.executor.submit(run, job.trial)
        future: Future[Outcome] = Future()
        future.set_result(run(job.trial))
        return future

    def _end(self, job: Job, outcome: Outcome) -> None:
        self.storage.end(job.study, job.number, outcome)
        self._open -= 1
        done = self._at_first - self._open
        spent = time.monotonic() - self._begun
        left = spent / done * self._open if done >= 3 else None
        self.tell(Progress(job, outcome, self._all - self._open, self._all, left))

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until
