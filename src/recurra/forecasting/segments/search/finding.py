"""From what the rules chose to the best that a budget allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from recurra.errors import TrainingError
from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments.rules import Facts
from recurra.forecasting.segments.search.budget import Budget
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.gain import FEWEST
from recurra.forecasting.segments.search.judge import Judge
from recurra.forecasting.segments.search.outcome import Outcome
from recurra.forecasting.segments.search.parts import for_search
from recurra.forecasting.segments.search.space import Space
from recurra.forecasting.segments.search.study import SINGLE_CHANGES, Asked, Study
from recurra.forecasting.segments.search.timetable import Timetable
from recurra.forecasting.segments.search.trial import Bench, GivenUp, Guard, Result
from recurra.forecasting.segments.search.watching import SearchWatch, Standing
from recurra.training import Callback

MOST_REPEATS = 50
"""Choices in a row that were tried before: then there is nothing new to try."""


@dataclass(frozen=True)
class Task:
    """What is to be found.

    Attributes:
        start: What the rules chose.
        facts: Of the data.
        given: The names of options that the user set; these stay.
        budget: For all of the learning.
        seed: Of the sampler and of all networks.
    """

    start: Candidate
    facts: Facts
    given: frozenset[str]
    budget: Budget
    seed: int


Keep = Callable[[Callable[[], dict[str, Any]]], dict[str, Any]]
"""Gives what a function makes, or what it made before: :meth:`recurra.training.Checkpoint.once`."""


def find(
    task: Task,
    prepared: Sequence[Prepared],
    watch: Sequence[Callback] = (),
    keep: Keep = lambda make: make(),
) -> Outcome:
    """Tries candidates until the budget is used, and gives the best.

    The first is what the rules chose, so that what is found is never worse, as the search judges;
    and it stays unless another one is better beyond chance.

    Args:
        task: What is to be found.
        prepared: The series; of their test parts nothing is looked at.
        watch: Callbacks; those that are a :class:`SearchWatch` are told how it goes.
        keep: Keeps what each trial showed.

    Raises:
        TrainingError: If the loss of what the rules chose became infinite.
        KeyboardInterrupt: If the user ended it before the first trial was done. Later, the best so
            far is given.
    """
    timetable = Timetable.begin(task.budget, task.start.settings.ensemble)
    parts = for_search(prepared, task.facts.horizon)
    points = int(np.median([one.split.validation for one in parts]))
    horizon, season = task.facts.horizon, task.facts.season
    judge = Judge.of(parts, horizon, season, relative=task.facts.positive)
    if judge is None:
        return _nothing(task, points, "nothing was observed in the validation part")
    if judge.count < FEWEST:
        reason = (
            f"the points before the test part hold {_stretches(judge.count)} of a horizon, and of "
            f"fewer than {FEWEST} a better choice cannot be told from chance"
        )
        return _nothing(task, points, reason)
    space = Space.of(task.start, task.facts, task.given)
    watching = [one for one in watch if isinstance(one, SearchWatch)]
    bench = Bench(parts, judge, task.seed)
    course = _Course(task, space, bench, timetable, watch=watching, keep=keep)
    return course.run(points)


def _nothing(task: Task, points: int, reason: str) -> Outcome:
    return Outcome(task.start, [], 0, 0, None, None, 0.0, points, task.budget, reason, "")


def _stretches(count: int) -> str:
    return f"{count} stretch{'' if count == 1 else 'es'}"


class _Over(Exception):  # noqa: N818 - no error
    """The search has come to its end, within a trial."""


class _Course:
    """A search at work."""

    def __init__(
        self,
        task: Task,
        space: Space,
        bench: Bench,
        timetable: Timetable,
        *,
        watch: Sequence[SearchWatch],
        keep: Keep,
    ) -> None:
        self._task = task
        self._space = space
        self._bench = bench
        self._timetable = timetable
        self._watch = watch
        self._keep = keep
        self._tried: list[tuple[Candidate, float]] = []
        self._best: tuple[Candidate, Result] | None = None
        self._default: Result | None = None
        self._begun = self._pruned = self._repeats = 0
        self._share = 0.0

    def run(self, points: int) -> Outcome:
        first = [self._space.default, *self._space.one_change_each(SINGLE_CHANGES)]
        for one in self._watch:
            one.on_search_begin()
        ended, interrupted = "", False
        try:
            study = Study(first, self._space.knobs, self._task.seed)
            while self._has_room:
                self._try(study)
        except _Over as over:
            ended = str(over)
        except KeyboardInterrupt:
            if self._best is None:
                raise
            ended, interrupted = "it was interrupted, and the best so far is trained", True
        for one in self._watch:
            one.on_search_end(self._standing, interrupted=interrupted)
        return self._outcome(points, ended)

    @property
    def _has_room(self) -> bool:
        if self._repeats >= MOST_REPEATS:
            raise _Over("there was nothing new to try")
        if self._task.budget.trials is not None:
            return self._begun < self._task.budget.trials
        return self._best is None or self._timetable.left(self._best[1].seconds) > 0

    def _try(self, study: Study) -> None:
        asked = study.ask()
        candidate = self._space.candidate(asked.choice)
        known = [loss for one, loss in self._tried if one == candidate]
        if known:
            self._repeats += 1
            study.tell(asked, known[0])
            return
        self._repeats, self._share = 0, 0.0
        self._begun += 1
        loss = self._loss(candidate, asked)
        self._tried.append((candidate, loss))
        study.tell(asked, loss)

    def _loss(self, candidate: Candidate, asked: Asked) -> float:
        """Of a candidate; infinite if it was given up."""
        looks: list[tuple[int, float]] = []
        found = self._keep(lambda: self._tried_out(candidate, asked, looks))
        if found["looks"] is not looks:
            asked.seen(found["looks"])
            self._timetable = self._timetable.after(found["spent"])
        if found["loss"] is None:
            self._pruned += 1
            return math.inf
        result = Result(found["loss"], found["seconds"], found["errors"].numpy())
        if self._default is None:
            if not math.isfinite(result.loss):
                raise _Over("forecasts with what the rules chose cannot be judged")
            self._default = result
        if self._best is None or result.loss < self._best[1].loss:
            self._best = candidate, result
        return result.loss

    def _tried_out(
        self, candidate: Candidate, asked: Asked, looks: list[tuple[int, float]]
    ) -> dict[str, Any]:
        """What a trial shows, as plain data; without a loss if it was given up."""
        result = None
        try:
            look = partial(self._look, asked, looks)
            result = self._bench.run(candidate, Guard(look, self._step))
        except _Over:
            self._pruned += 1
            raise
        except (GivenUp, TrainingError):
            if self._default is None:
                raise
        return {
            "looks": looks,
            "loss": None if result is None else result.loss,
            "seconds": None if result is None else result.seconds,
            "errors": None if result is None else torch.from_numpy(result.errors),
            "spent": self._timetable.spent,
        }

    def _look(self, asked: Asked, looks: list[tuple[int, float]], number: int, loss: float) -> None:
        looks.append((number, loss))
        hopeless = asked.hopeless(number, loss)
        if hopeless and self._default is not None:
            raise GivenUp

    def _step(self, share: float, seconds: float | None) -> None:
        self._share = share
        for one in self._watch:
            one.on_search_step(self._standing)
        rest = math.inf if seconds is None else (1 - share) * seconds
        if self._best is not None and self._timetable.left(self._best[1].seconds) <= 0:
            raise _Over
        if seconds is None or self._timetable.left(seconds) >= rest:
            return
        if self._best is not None:
            raise GivenUp
        whole = self._timetable.finish(seconds)
        raise _Over(f"what the rules chose needs about {whole:.0f} s by itself")

    @property
    def _standing(self) -> Standing:
        best = None if self._best is None else self._best[1]
        timed = best is not None and self._task.budget.trials is None
        return Standing(
            max(1, self._begun),
            self._share,
            self._task.budget.trials,
            max(0.0, self._timetable.left(best.seconds)) if best is not None and timed else None,
            None if best is None else best.loss,
            None if self._default is None else self._default.loss,
        )

    def _outcome(self, points: int, ended: str) -> Outcome:
        found, best = self._best or (self._task.start, None)
        doubt = self._doubt(found, best)
        kept, result = (self._task.start, self._default) if doubt else (found, best)
        return Outcome(
            kept,
            self._space.changes(kept),
            self._begun,
            self._pruned,
            None if result is None else result.loss,
            None if self._default is None else self._default.loss,
            self._timetable.spent,
            points,
            self._task.budget,
            ended,
            doubt,
        )

    def _doubt(self, found: Candidate, best: Result | None) -> str:
        """Why the best is not to be trusted, if it is another than the rules chose."""
        changes = self._space.changes(found)
        if not changes or best is None or self._default is None:
            return ""
        gain = self._bench.gain(self._default, best)
        if gain.sure:
            return ""
        return (
            f"what did best: {', '.join(changes)}; error {best.loss:.3f} of the seasonal naive "
            f"forecast's there, {self._default.loss:.3f} with what the rules chose; but {gain}, so "
            "what the rules chose stays"
        )
