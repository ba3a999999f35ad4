"""One trial: a cell, a task, settings, a seed."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from recurra.errors import TrainingError
from recurra.studies import budget, tasks
from recurra.studies.declaration import Budget, Contender
from recurra.studies.knobs import Settings
from recurra.studies.material import Material, Sequences, asked_of, constant, mean_of_each
from recurra.studies.network import Network
from recurra.studies.outcome import Ended, Outcome
from recurra.studies.pruning import MedianRule
from recurra.training import (
    SGD,
    Adam,
    AdamW,
    Callback,
    Checkpoint,
    EarlyStopping,
    History,
    LengthBuckets,
    RMSprop,
    Steady,
    StepTrainer,
    passes,
)
from recurra.training.weights import copy_weights

if TYPE_CHECKING:
    from recurra.training import Trainer

TOGETHER = 64
"""Sequences that are read at once where nothing is learned."""

EVERY = 30.0
"""Seconds from one checkpoint of a trial to the next."""


@dataclass(frozen=True)
class Trial:
    """All that makes a trial what it is; plain data, which travels to other processes.

    Attributes:
        task: Its name.
        contender: The cell.
        settings: The values of settings, by name.
        budget: What it may have.
        seed: Of weights, order and noise.
        data: Where files of tasks are looked for.
        checkpoint: The folder in which it is kept while it runs; None for nowhere.
        before: The curves of trials that had ended when it began, if it may be pruned.
        columns: Those of the task's table that are named, by what they are.
    """

    task: str
    contender: Contender
    settings: Mapping[str, Any]
    budget: Budget
    seed: int
    data: Path | None = None
    checkpoint: Path | None = None
    before: Sequence[Sequence[float]] | None = None
    columns: tuple[tuple[str, str], ...] = ()


def run(trial: Trial) -> Outcome:
    """Trains and judges; on one thread, so that figures do not depend on what runs beside it.

    Raises:
        KeyboardInterrupt: If Ctrl-C ended it.
        DataError: If the task's data cannot be read.
        OptionError: If the network cannot be made so.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(trial.seed)
            return _Run(trial).outcome()
    finally:
        torch.set_num_threads(threads)


class _Run:
    """A trial at work."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.material = tasks.material(trial.task, trial.data, trial.columns)
        settings = Settings(**trial.settings)
        units = settings.hidden_size or self._units(settings)
        rows = settings.batch_size or self.material.batch_size
        self.settings = replace(settings, hidden_size=units, batch_size=rows)
        self.network = Network(trial.contender, self.material, self.settings)
        self.buckets = LengthBuckets(self.material.train.lengths, rows, seed=trial.seed)

    def outcome(self) -> Outcome:
        """Trains it."""
        data, before = self.material, copy_weights(self.network)
        untrained = loss_and_figure(self.network, data, data.validation)[0]
        history, ended = self._learned()
        curve = history.history.get("val_loss", [])
        if not curve or min(curve) >= untrained:
            self.network.load_state_dict(before)
        _, validation = loss_and_figure(self.network, data, data.validation)
        _, test = loss_and_figure(self.network, data, data.test)
        return Outcome(
            value=min([*curve, untrained]),
            validation=validation,
            test=test,
            constant=constant(data.answer, data.train, data.validation),
            untrained=untrained,
            curve=curve,
            learned=history.history.get("loss", []),
            ended=ended,
            hidden_size=self.settings.hidden_size or 0,
            parameters=self.network.parameters_of_layers,
            seconds=history.seconds,
            flops=self.network.flops * self.material.train.steps * len(curve),
            lead=lead(self.network, data),
        )

    def _units(self, settings: Settings) -> int:
        allowed = self.trial.budget.parameters
        assert allowed is not None
        size = self.material.input_size
        return budget.hidden_size(self.trial.contender.cell, size, settings.layers, allowed)

    def _learned(self) -> tuple[History, Ended]:
        limits, looks = self.trial.budget, self.trial.budget.epochs
        patience = EarlyStopping(patience=limits.patience)
        clock, rule = _Clock(limits.minutes), MedianRule(self.trial.before or ())
        trainer: StepTrainer[Tensor] = StepTrainer(
            self.network,
            self._loss,
            optimizer(self.network, self.settings),
            looks * len(self.buckets),
            looks=looks,
            keep=0.0,
            clip_norm=self.settings.clip_norm or None,
            judge=lambda: loss_and_figure(self.network, self.material, self.material.validation)[0],
            callbacks=(patience, clock, rule),
            schedule=Steady(),
        )
        history = self._fit(trainer)
        if history is None:
            return trainer.history, "no number"
        if history.interrupted:
            raise KeyboardInterrupt
        if rule.acted:
            return history, "pruned"
        if clock.acted:
            return history, "minutes"
        return history, "patience" if patience.stopped_epoch else "all passes"

    def _fit(self, trainer: StepTrainer[Tensor]) -> History | None:
        """What was learned; None if there was no number at last."""
        kept = self.trial.checkpoint
        checkpoint = None if kept is None else Checkpoint(kept, every=EVERY, verbose=0)
        try:
            return trainer.fit(passes(self.buckets), checkpoint=checkpoint)
        except TrainingError:
            if checkpoint is not None:
                checkpoint.clear()  # It has ended; there is nothing to go on from.
            return None

    def _loss(self, index: Tensor) -> Tensor:
        losses, _ = self.network.judged(*self.material.batch(self.material.train, index))
        return losses.sum() if self.settings.loss == "sum" else losses.mean()


class _Clock(Callback):
    """Ends a training when its time is over.

    Attributes:
        acted: Whether it did.
    """

    def __init__(self, minutes: float | None) -> None:
        self.limit = None if minutes is None else 60 * minutes
        self.acted = False
        self.spent = 0.0

    def on_train_begin(self, trainer: Trainer) -> None:
        """Starts."""
        self.last = time.perf_counter()

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Looks at the time."""
        now = time.perf_counter()
        self.spent, self.last = self.spent + now - self.last, now
        if self.limit is not None and self.spent >= self.limit:
            self.acted = trainer.stop_training = True

    def state_dict(self) -> dict[str, Any]:
        """What was spent."""
        return {"spent": self.spent, "acted": self.acted}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on."""
        self.spent, self.acted = state["spent"], state["acted"]


@torch.no_grad()
def loss_and_figure(network: Network, material: Material, part: Sequences) -> tuple[float, float]:
    """The mean loss of an answer, and the figure that the task shows."""
    was, total, wrong, answers = network.training, 0.0, 0.0, 0
    network.eval()
    for index in LengthBuckets(part.lengths, TOGETHER):
        losses, missed = network.judged(*material.batch(part, index))
        total += float(losses.double().sum())
        wrong += float(missed.double().sum())
        answers += losses.numel()
    network.train(was)
    mean = total / answers
    return mean, 100 * wrong / answers if material.shown == "wrong" else mean


@torch.no_grad()
def lead(network: Network, material: Material) -> float | None:
    """By how many standard errors it is ahead of the plain answer on the test part.

    As many as of many sequences would be as unlikely by chance; None where there is no plain
    answer, or a single sequence, which has no spread.
    """
    plain, part = material.plain, material.test
    if plain is None or len(part) < 2:
        return None
    network, counts = network.eval(), asked_of(material.answer, part)
    ahead = torch.empty(len(part), dtype=torch.float64)
    for index in LengthBuckets(part.lengths, TOGETHER):
        losses, _ = network.judged(*material.batch(part, index))
        each = mean_of_each(losses.double(), [counts[place] for place in index.tolist()])
        ahead[index] = plain.losses[index] - each
    error = float(ahead.std()) / len(ahead) ** 0.5
    return _normal(float(ahead.mean()) / error, len(ahead) - 1) if error > 0 else 0.0


def _normal(t: float, degrees: int) -> float:
    """The deviate of a normal distribution that is as unlikely as Student's t.

    Of few sequences the standard error is itself uncertain: of three, 4.3 are what 2 are of many.
    Wallace 1959 (Annals of Mathematical Statistics 30(4)), which no t is too large for.
    """
    far = math.sqrt(degrees * math.log1p(t * t / degrees))
    return math.copysign((8 * degrees + 1) / (8 * degrees + 3) * far, t)


def optimizer(network: Network, settings: Settings) -> torch.optim.Optimizer:
    """As the settings say."""
    weights, rate = list(network.parameters()), settings.learning_rate
    match settings.optimizer:
        case "sgd":
            momentum = 1 - settings.one_minus_momentum
            decay = settings.weight_decay
            return SGD(weights, rate, momentum=momentum, weight_decay=decay, nesterov=momentum > 0)
        case "adamw":
            return AdamW(weights, rate, weight_decay=settings.weight_decay)
        case "rmsprop":
            return RMSprop(weights, rate)
        case _:
            return Adam(weights, rate)
