"""Runs a study: asks for trials, has them run, keeps what came of them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Literal

from recurra.studies.outcome import Outcome
from recurra.studies.plan import Job, Plan
from recurra.studies.trial import run

Stopped = Literal["all", "time"]


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
        plan: Which they are.
        executor: What runs them; None to run them here, one after the other.
        workers: How many are at work at once.
        seconds: After so long no trial is begun; None for no bound.
        tell: Is told of each trial that ends.

    Attributes:
        open: Trials that have not ended.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        executor: Executor | None = None,
        workers: int = 1,
        seconds: float | None = None,
        tell: Callable[[Progress], None] = lambda _: None,
    ) -> None:
        self.plan, self.executor, self.workers, self.tell = plan, executor, workers, tell
        self._begun = time.monotonic()
        self._until = None if seconds is None else self._begun + seconds
        self.open, self._ended = plan.remaining, 0

    def run(self) -> Stopped:
        """Runs until all have ended or the time is over.

        Raises:
            KeyboardInterrupt: If Ctrl-C ended it; what was at work goes on another time.
        """
        # The best settings are known when all draws have ended.
        for jobs in (itertools.chain(self.plan.begun(), self.plan.draws()), self.plan.seeds()):
            self._all_of(jobs)
        return "time" if self.open else "all"

    def _all_of(self, jobs: Iterator[Job]) -> None:
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

    def _submitted(self, job: Job) -> Future[Outcome]:
        if self.executor is not None:
            return self.executor.submit(run, job.trial)
        future: Future[Outcome] = Future()
        future.set_result(run(job.trial))
        return future

    def _end(self, job: Job, outcome: Outcome) -> None:
        self.plan.storage.end(job.study, job.number, outcome)
        # Another draw that is best has its seeds still before it.
        self.open, self._ended = self.plan.remaining, self._ended + 1
        spent = time.monotonic() - self._begun
        left = spent / self._ended * self.open if self._ended >= 3 else None
        wanted = self.plan.study.wanted
        self.tell(Progress(job, outcome, wanted - self.open, wanted, left))

    def _late(self) -> bool:
        return self._until is not None and time.monotonic() >= self._until
