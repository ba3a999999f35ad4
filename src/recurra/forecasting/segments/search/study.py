"""The search itself, with optuna."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from recurra.libraries import library

SINGLE_CHANGES = 8
"""Trials after the first that differ from it in one thing each."""

UNPRUNED = 4
"""Whole trials before one may be pruned."""

WARMUP_LOOKS = 2
"""Looks at each that come before it may be pruned."""


class Study:
    """Says what to try next, by what was seen.

    Tree-structured Parzen estimators (Bergstra et al. 2011, "Algorithms for hyper-parameter
    optimization"), multivariate as Falkner et al. (2018, "BOHB") have them, from when the choices
    that were put first are through; and a pruner that gives up what is at a look worse than the
    median of the trials before it at the same (Golovin et al. 2017, "Google Vizier", 3.2.2).

    Args:
        first: Choices to try before it chooses itself, by the names of knobs.
        knobs: See :class:`~.knobs.Knob`.
        seed: Of the sampler.
    """

    def __init__(self, first: Sequence[dict[str, Any]], knobs: Sequence[Any], seed: int) -> None:
        optuna = _optuna()
        self._complete = optuna.trial.TrialState.COMPLETE
        self._pruned = optuna.trial.TrialState.PRUNED
        self._knobs = knobs
        with _quiet(optuna):
            self._study = optuna.create_study(
                sampler=optuna.samplers.TPESampler(
                    seed=seed % 2**32, multivariate=True, n_startup_trials=len(first)
                ),
                pruner=optuna.pruners.MedianPruner(UNPRUNED, WARMUP_LOOKS, n_min_trials=UNPRUNED),
            )
            for choice in first:
                self._study.enqueue_trial(self._places(choice))

    def ask(self) -> Asked:
        """The next trial."""
        with _quiet(_optuna()):
            trial = self._study.ask()
            choice = {knob.name: self._value(trial, knob) for knob in self._knobs}
        return Asked(trial, choice)

    def tell(self, asked: Asked, loss: float) -> None:
        """Tells what a trial showed; an infinite loss is that of one that was given up."""
        with _quiet(_optuna()):
            if math.isfinite(loss):
                self._study.tell(asked.trial, loss, state=self._complete)
            else:
                self._study.tell(asked.trial, state=self._pruned)

    def _places(self, choice: dict[str, Any]) -> dict[str, Any]:
        """Numbers are asked for by their places, so that neighbours are known to be alike."""
        return {
            knob.name: knob.values.index(choice[knob.name]) if knob.ordered else choice[knob.name]
            for knob in self._knobs
        }

    @staticmethod
    def _value(trial: Any, knob: Any) -> Any:
        if knob.ordered:
            return knob.values[trial.suggest_int(knob.name, 0, len(knob.values) - 1)]
        return trial.suggest_categorical(knob.name, knob.values)


class Asked:
    """A trial that was asked for.

    Attributes:
        trial: optuna's.
        choice: A value of each knob, by its name.
    """

    def __init__(self, trial: Any, choice: dict[str, Any]) -> None:
        self.trial = trial
        self.choice = choice

    def seen(self, looks: Sequence[tuple[int, float]]) -> None:
        """Is told of looks at a trial that was made before: their numbers and losses."""
        for look, loss in looks:
            self.hopeless(look, loss)

    def hopeless(self, look: int, loss: float) -> bool:
        """Whether to give it up, by its loss at a look, from 0."""
        if not math.isfinite(loss):
            return True
        self.trial.report(loss, look)
        return bool(self.trial.should_prune())


def check_installed() -> None:
    """Raises an OptionError if optuna is not there."""
    _optuna()


def _optuna() -> Any:
    return library("optuna", package="optuna", use="a search for settings (auto=)", extra="auto")


@contextmanager
def _quiet(optuna: Any) -> Iterator[None]:
    """Without optuna's own messages, whose level is then what it was."""
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    try:
        with warnings.catch_warnings():
            # That several knobs may be turned together is called experimental.
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(level)
