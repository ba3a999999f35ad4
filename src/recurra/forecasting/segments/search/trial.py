"""One candidate, trained and judged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from recurra.forecasting.preparation import Prepared
from recurra.forecasting.segments.learning import learn, solve_linear
from recurra.forecasting.segments.material import Material
from recurra.forecasting.segments.model import SegmentModel
from recurra.forecasting.segments.network import SegmentNetwork
from recurra.forecasting.segments.search.candidate import Candidate
from recurra.forecasting.segments.search.gain import Gain
from recurra.forecasting.segments.search.judge import Judge
from recurra.training import Callback

if TYPE_CHECKING:
    from recurra.training import Trainer


Array = NDArray[np.float64]


class GivenUp(Exception):  # noqa: N818 - no error: a trial that is not worth going on with
    """Raised within a trial to end it."""


@dataclass(frozen=True)
class Result:
    """What a trial showed.

    Attributes:
        loss: By the judge; infinite if that is no number.
        seconds: Of a whole training.
        errors: Those whose mean the loss is, (W, K).
    """

    loss: float
    seconds: float
    errors: Array


@dataclass(frozen=True)
class Guard:
    """What may end a trial early, by raising :class:`GivenUp`.

    Attributes:
        look: Told of every look at the weights: its number from 0 and the loss.
        step: Told after every step: the share that is done, and the seconds that a whole training
            will take by what was seen; None before the first look.
    """

    look: Callable[[int, float], None]
    step: Callable[[float, float | None], None]


@dataclass(frozen=True)
class Bench:
    """Where candidates are tried, all alike.

    Attributes:
        prepared: The series, with the parts that the search goes by.
        judge: Of all candidates.
        seed: Of each network's first weights and windows.
    """

    prepared: Sequence[Prepared]
    judge: Judge
    seed: int

    def run(self, candidate: Candidate, guard: Guard) -> Result:
        """Trains a network of a candidate, as long as no guard ends it.

        Raises:
            GivenUp: If the guard did.
            KeyboardInterrupt: If the user did.
            TrainingError: If the loss became infinite.
        """
        begun = time.monotonic()
        material = Material.of(candidate.settings, self.prepared)
        if not len(material.train):
            return Result(math.inf, time.monotonic() - begun, np.zeros((0, 0)))
        looking = _Looking(candidate, material, self.judge, guard)
        what = (candidate.settings, candidate.cell, material.train, material.validation)
        network, history = learn(
            *what,
            seed=self.seed,
            linear=solve_linear(*what, seasons=material.seasons),
            seasons=material.seasons,
            callbacks=[looking],
        )
        if history.interrupted:
            raise KeyboardInterrupt
        errors = looking.errors(network)
        return Result(_mean(errors), time.monotonic() - begun, errors)

    def gain(self, default: Result, found: Result) -> Gain:
        """How much better one is than the other."""
        return Gain.of(default.errors, found.errors, self.judge.stretches)


class _Looking(Callback):
    """Judges a network at every look that its training takes, and asks whether to go on."""

    def __init__(
        self, candidate: Candidate, material: Material, judge: Judge, guard: Guard
    ) -> None:
        self._candidate = candidate
        self._material = material
        self._judge = judge
        self._guard = guard
        self._histories = judge.histories(candidate.settings.sizes.lookback)
        self._begun = 0.0
        self._done = 0
        self._seconds: float | None = None

    def errors(self, network: SegmentNetwork) -> Array:
        """By the judge."""
        settings, material = self._candidate.settings, self._material
        model = SegmentModel(settings, (network,), material.constants, material.ids)
        return self._judge.errors(model, self._histories)

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        self._done += 1
        if self._done == 1:
            # The first step compiles what later ones only run.
            self._begun = time.monotonic()
        self._guard.step(self._share, self._seconds)

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        found = _mean(self.errors(cast(SegmentNetwork, trainer.model)))
        if self._done > 1:
            steps = self._candidate.settings.steps
            self._seconds = (time.monotonic() - self._begun) * steps / (self._done - 1)
        self._guard.look(epoch, found)
        self._guard.step(self._share, self._seconds)

    @property
    def _share(self) -> float:
        return self._done / self._candidate.settings.steps


def _mean(errors: Array) -> float:
    """The loss: infinite where it is not a number."""
    found = float(np.nanmean(errors))
    return found if math.isfinite(found) else math.inf
