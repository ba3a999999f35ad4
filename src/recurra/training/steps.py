"""Training by steps: so many batches, the rate warmed up and cooled down, the weights averaged."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar, cast

import torch
from torch import Tensor, nn, optim

from recurra.errors import OptionError, TrainingError
from recurra.options import whole
from recurra.training.averaging import WeightAverage
from recurra.training.backward import backward
from recurra.training.callback import Callback
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.mode import in_mode
from recurra.training.optimizers import Clip
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.schedule import WarmupCosine
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
        history: ``loss``, ``learning_rate`` and, with a judge, ``val_loss`` at every judgement.
        stop_training: A callback sets it to end the training after the present epoch.
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
    history: History = field(default_factory=History, init=False)
    stop_training: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        whole("looks", self.looks, 1)
        self._schedule = WarmupCosine(self.length, self.warmup)
        self._clip = None if self.clip_norm is None else Clip(self.clip_norm)
        self._peaks = [float(group["lr"]) for group in self.optimizer.param_groups]
        self._best = math.inf

    @property
    def steps(self) -> int:
        """Steps of an epoch; the last one may have fewer."""
        return -(-self.length // min(self.looks, self.length))

    @property
    def epochs(self) -> int:
        """Epochs of the training."""
        return -(-self.length // self.steps)

    def fit(self, batches: Iterator[B]) -> History:
        """Trains; Ctrl-C ends it early with the best weights so far.

        Args:
            batches: At least as many as there are steps.

        Raises:
            OptionError: If there are fewer.
            TrainingError: If the loss is no finite number.
        """
        average, started = WeightAverage(self.model, self.keep), time.perf_counter()
        kept = copy_weights(self.model)
        begun: list[Callback] = []
        try:
            for callback in self.callbacks:
                callback.on_train_begin(self._as_trainer)
                begun.append(callback)
            for epoch in range(self.epochs):
                mean = self._run_epoch(epoch, batches, average)
                with average.in_place():
                    if self._look(epoch, mean):
                        kept = copy_weights(self.model)
                if self.stop_training:
                    break
            self.history.stopped = (
                f"stopped in epoch {epoch + 1}" if self.stop_training else FINISHED
            )
        except KeyboardInterrupt:
            self.history.stopped = INTERRUPTED
        finally:
            self.model.load_state_dict(kept)
            for callback in begun:
                callback.on_train_end(self._as_trainer)
            self.history.seconds = time.perf_counter() - started
        return self.history

    @property
    def _as_trainer(self) -> Trainer:
        """What callbacks are shown: all that they read of a trainer is here too."""
        return cast("Trainer", self)

    def _run_epoch(self, epoch: int, batches: Iterator[B], average: WeightAverage) -> float:
        """The mean loss of its steps."""
        losses = []
        first = epoch * self.steps
        for callback in self.callbacks:
            callback.on_epoch_begin(self._as_trainer, epoch)
        for step in range(first, min(first + self.steps, self.length)):
            losses.append(self._step(step, batches))
            average.update()
            for callback in self.callbacks:
                callback.on_train_batch_end(self._as_trainer, step - first)
        return float(torch.stack(losses).mean())

    def _step(self, step: int, batches: Iterator[B]) -> Tensor:
        share = self._schedule.share(step)
        for group, peak in zip(self.optimizer.param_groups, self._peaks, strict=True):
            group["lr"] = peak * share
        batch = next(batches, None)
        if batch is None:
            raise OptionError(f"{step} batches", f"as many as the {self.length} steps")
        with in_mode(self.model, training=True):
            self.optimizer.zero_grad()
            loss = self.loss(batch)
            backward(loss)
        self._clipped_step()
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
                logs["val_loss"] = self.judge()
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
