"""Training by steps: so many batches, the rate warmed up and cooled down, the weights averaged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import torch
from torch import Tensor, nn, optim

from recurra.errors import OptionError, TrainingError
from recurra.options import whole
from recurra.training.averaging import WeightAverage
from recurra.training.backward import backward
from recurra.training.callback import Callback
from recurra.training.checkpoints.checkpoint import Checkpoint
from recurra.training.checkpoints.course import Course
from recurra.training.checkpoints.resumable import (
    Resumable,
    facts_of,
    give_optimizer,
    restore,
    state_of,
    states_of,
)
from recurra.training.distributed.agreeing import by_first, shown, stopped
from recurra.training.distributed.parallel import Parallel
from recurra.training.distributed.ranks import ranks
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.mode import in_mode
from recurra.training.optimizers import Clip
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.position import Position
from recurra.training.schedule import Schedule, WarmupCosine
from recurra.training.weights import copy_weights

if TYPE_CHECKING:
    from recurra.training.loop import Trainer

B = TypeVar("B")


@dataclass
class StepTrainer(Generic[B]):
    """Trains a model for so many steps on batches of any kind.

    Where :class:`Trainer` goes over examples epoch by epoch, this one takes batches as they come,
    for so long as it was told: the form in which a learning rate that is warmed up and cooled down,
    and an average of the weights, are at home. The averaged weights are judged from time to time;
    the best of them, or without a judge the last, are in the model at the end.

    To callbacks and in the history an epoch is what lies between two judgements.

    Attributes:
        model: Holds the parameters.
        loss: The loss of a batch, of shape ().
        optimizer: Holds the model's parameters; its learning rate is the peak.
        length: N, the steps of the training, at least 1.
        looks: How often the weights are judged, at least 1; at most once a step.
        warmup: Steps until the peak.
        clip_norm: The most that the norm of the gradient may be, above 0; None for no bound.
        keep: The share of the weights' average that a step leaves, see :class:`WeightAverage`.
        judge: The loss of the model, in evaluation mode, on held-out data; None to keep the last.
        callbacks: Act in this order at every hook of :class:`Callback`.
        weight: Over how much the loss of a batch is the mean, such as its steps; None for its rows.
            Asked only where several processes share the training.
        schedule: Of the learning rate; None for :class:`WarmupCosine` over the whole training.
        history: ``loss``, ``learning_rate`` and, with a judge, ``val_loss`` at every judgement.
        stop_training: A callback sets it to end the training after the present epoch.
        position: Where it is.
    """

    model: nn.Module
    loss: Callable[[B], Tensor]
    optimizer: optim.Optimizer
    length: int
    looks: int = 10
    warmup: int = 50
    clip_norm: float | None = 1.0
    keep: float = 0.99
    judge: Callable[[], float] | None = None
    callbacks: Sequence[Callback] = ()
    weight: Callable[[B], Tensor | float] | None = None
    schedule: Schedule | None = None
    history: History = field(default_factory=History, init=False)
    stop_training: bool = field(default=False, init=False)
    position: Position = field(default_factory=Position, init=False)

    def __post_init__(self) -> None:
        whole("looks", self.looks, 1)
        self._schedule = self.schedule or WarmupCosine(self.length, self.warmup)
        self._clip = None if self.clip_norm is None else Clip(self.clip_norm)
        self._peaks = [float(group["lr"]) for group in self.optimizer.param_groups]
        self._best = math.inf
        self._started = 0.0
        self._average = WeightAverage(self.model, self.keep)
        self._kept: dict[str, Any] = {}
        self._batches: Iterator[B] = iter(())
        self._parallel: Parallel[B] | None = None

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last one may have fewer."""
        return -(-self.length // min(self.looks, self.length))

    @property
    def epochs(self) -> int:
        """Epochs of the training."""
        return -(-self.length // self.steps)

    def fit(self, batches: Iterator[B], *, checkpoint: Checkpoint | None = None) -> History:
        """Trains; Ctrl-C ends it early with the best weights so far.

        Args:
            batches: At least as many as there are steps.
            checkpoint: Where the training is kept, and goes on from if it was stopped: see
                :class:`Checkpoint`. Batches with a ``state_dict`` are kept with it; others are
                drawn anew from the beginning up to where it was.

        Raises:
            OptionError: If there are fewer.
            TrainingError: If the loss is no finite number.
            CheckpointError: If the checkpoint is of another training.
            OutputError: If it cannot be written.
        """
        self.callbacks, there = shown(self.callbacks), ranks()
        if there is not None:
            self._parallel = Parallel(there, self.model, self.loss, self.weight)
        self._average, self._kept = WeightAverage(self.model, self.keep), copy_weights(self.model)
        self._batches, self.position = batches, Position()
        facts = {
            **facts_of(self.model, self.optimizer),
            "number of steps": self.length,
            "looks": self.looks,
            "learning rate": self._peaks,
        }
        try:
            with Course(checkpoint, self, facts) as course:
                if not course.finished:
                    self._fit(course)
        finally:
            self._parallel = None
        return self.history

    def state_dict(self) -> dict[str, Any]:
        """All that a training goes on from: what :class:`Checkpoint` keeps."""
        return {
            "position": self.position.state_dict(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self._average.state_dict(),
            "kept": self._kept,
            "best": self._best,
            "callbacks": states_of(self.callbacks),
            "batches": self._of_all(state_of(self._batches)),
            "history": {**vars(self.history), "seconds": time.perf_counter() - self._started},
            "stop_training": self.stop_training,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from what `state_dict` told.

        Raises:
            CheckpointError: If the callbacks are others.
        """
        at = self.position = Position.of(state["position"])
        self.model.load_state_dict(state["model"])
        give_optimizer(self.optimizer, state["optimizer"])
        self._average.load_state_dict(state["average"])
        self._kept, self._best = state["kept"], state["best"]
        restore(self.callbacks, state["callbacks"])
        if isinstance(self._batches, Resumable):
            own = state["batches"]
            there = ranks()
            self._batches.load_state_dict(own if there is None else own[there.rank])
        else:
            made = at.epoch * self.steps + at.step
            next(islice(self._batches, made, made), None)
        self.history, self.stop_training = History(**state["history"]), state["stop_training"]

    @staticmethod
    def _of_all(own: dict[str, Any] | None) -> Any:
        """What batches carry along is of the rows of each process."""
        there = ranks()
        return own if there is None or own is None else there.gather(own)

    def _fit(self, course: Course) -> None:
        begun: list[Callback] = []
        self._started = time.perf_counter()
        try:
            for callback in self.callbacks:
                callback.on_train_begin(self._as_trainer)
                begun.append(callback)
            course.resume()
            self._started -= self.history.seconds
            self.history.stopped = self._run_epochs(course)
        except KeyboardInterrupt:
            self.history.stopped = INTERRUPTED
        finally:
            self.model.load_state_dict(self._kept)
            for callback in begun:
                callback.on_train_end(self._as_trainer)
            self.history.seconds = time.perf_counter() - self._started
        if not self.history.interrupted and course.finish():
            self.history.stopped = INTERRUPTED

    def _run_epochs(self, course: Course) -> str:
        for epoch in range(self.position.epoch, self.epochs):
            mean = self._run_epoch(epoch, course)
            with self._average.in_place():
                if self._look(epoch, mean):
                    self._kept = copy_weights(self.model)
            self.position.next_epoch()
            if stopped(self.stop_training):
                return f"stopped in epoch {epoch + 1}"
            course.passed()
        return FINISHED

    @property
    def _as_trainer(self) -> Trainer:
        """What callbacks are shown: all that they read of a trainer is here too."""
        return cast("Trainer", self)

    def _run_epoch(self, epoch: int, course: Course) -> float:
        """The mean loss of its steps."""
        at, first = self.position, epoch * self.steps
        if not at.step:
            for callback in self.callbacks:
                callback.on_epoch_begin(self._as_trainer, epoch)
        for step in range(first + at.step, min(first + self.steps, self.length)):
            at.made(self._step(step))
            self._average.update()
            for callback in self.callbacks:
                callback.on_train_batch_end(self._as_trainer, step - first)
            course.passed()
        return float(torch.stack(at.losses).mean())

    def _step(self, step: int) -> Tensor:
        share = self._schedule.share(step)
        for group, peak in zip(self.optimizer.param_groups, self._peaks, strict=True):
            group["lr"] = peak * share
        batch = next(self._batches, None)
        if batch is None:
            raise OptionError(f"{step} batches", f"as many as the {self.length} steps")
        with in_mode(self.model, training=True):
            self.optimizer.zero_grad()
            loss = self._backward(batch)
        self._clipped_step()
        return loss

    def _backward(self, batch: B) -> Tensor:
        if self._parallel is not None:
            return self._parallel.backward(batch)
        loss = self.loss(batch)
        backward(loss)
        return loss.detach()

    def _clipped_step(self) -> None:
        if self._clip is not None and isinstance(self.optimizer, OnePass):
            self.optimizer.step(clip=self._clip)
            return
        if self._clip is not None:
            groups = self.optimizer.param_groups
            self._clip.apply(weight for group in groups for weight in group["params"])
        self.optimizer.step()

    def _look(self, epoch: int, loss: float) -> bool:
        """Judges the weights in the model; whether they are to be kept."""
        logs = {"loss": loss}
        if self.judge is not None:
            with in_mode(self.model, training=False):
                logs["val_loss"] = by_first(self.judge)
        logs["learning_rate"] = float(self.optimizer.param_groups[0]["lr"])
        _check_finite(epoch, logs)
        for callback in self.callbacks:
            callback.on_epoch_end(self._as_trainer, epoch, logs)
        self.history.record(epoch, logs)
        better = self.judge is None or logs["val_loss"] < self._best
        self._best = min(self._best, logs.get("val_loss", math.inf))
        return better


def _check_finite(epoch: int, logs: dict[str, float]) -> None:
    for name, value in logs.items():
        if not math.isfinite(value):
            raise TrainingError(
                f"{name} is {value} after epoch {epoch + 1}",
                "a finite number",
                "a smaller learning rate, scaled inputs; and look for missing or infinite values",
            )
