"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from recurra.errors import TrainingError
from recurra.training.backward import backward
from recurra.training.batches import ShuffledBatches, batches, sizes
from recurra.training.callback import Callback
from recurra.training.checkpoints.checkpoint import Checkpoint
from recurra.training.checkpoints.course import Course
from recurra.training.checkpoints.resumable import (
    facts_of,
    give,
    give_optimizer,
    restore,
    state_of,
    states_of,
)
from recurra.training.distributed.agreeing import shown, stopped
from recurra.training.distributed.parallel import Parallel
from recurra.training.distributed.ranks import ranks
from recurra.training.examples import Data, Examples, as_examples
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.limits import at_least
from recurra.training.mean_loss import check_alike, check_scalar, mean_loss
from recurra.training.mode import in_mode
from recurra.training.optimizers import Clip
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.position import Position


class Trainer:
    """Fits a model by gradient descent.

    The same model, data and `seed` give the same bits again on the same machine. `seed` orders
    the examples and nothing else: a model that draws random numbers itself (dropout) draws from
    torch's global state, so call `torch.manual_seed` for it.

    Args:
        model: Maps inputs (B, ...) to predictions (B, ...). Model and data on one device.
        loss: Maps (predictions, targets) of a batch to its mean loss, a tensor of shape ().
        optimizer: Already holds the model's parameters.
        callbacks: Act in this order at every hook.
        seed: Of the order of the examples. A second `fit` goes on where the first left off, so
            that two fits of one epoch see the batches of one fit of two epochs.
        clip_norm: The most that the norm of all gradients of a step together may be, above 0; where
            it is more, all are scaled down, as by ``torch.nn.utils.clip_grad_norm_``. None for no
            bound.
        clip_value: The most that each number of a gradient may be, above 0, on either side of 0,
            as by ``torch.nn.utils.clip_grad_value_``; comes first if both are given. None for no
            bound.

    Raises:
        OptionError: A bound is no finite number above 0.

    Attributes:
        stop_training: A callback sets it to end the training after the epoch.
        history: What the last `fit` left behind, also when an error ended it.
        epochs: The epochs that the present `fit` will run at most.
        steps: The batches that it runs an epoch.
        position: Where it is.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        optimizer: torch.optim.Optimizer,
        *,
        callbacks: Sequence[Callback] = (),
        seed: int = 0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        weight: Callable[[Tensor], Tensor | float] | None = None,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.callbacks = tuple(callbacks)
        self.stop_training = False
        self.history = History()
        self.epochs = 0
        self.steps = 0
        self.position = Position()
        self._examples: Examples | None = None
        self._generator = torch.Generator().manual_seed(seed)
        clip = Clip(clip_norm, clip_value)
        self._clip = None if clip == Clip() else clip
        self._drawn_from = self._generator.get_state()
        self._checked: torch.Size | None = None
        self._started = 0.0
        self._weight = weight
        self._parallel: Parallel[Tensor] | None = None

    def fit(
        self,
        train: Data,
        validation: Data | None = None,
        epochs: int = 1,
        batch_size: int = 32,
        *,
        steps_per_epoch: int | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> History:
        """Trains, epoch by epoch, until the last one or until a callback stops it.

        Ctrl-C ends the training early: `History.interrupted` is true, and the callbacks' last
        hooks have run, so that the best weights, if any were kept, are back in the model.

        Args:
            train: Examples, or tensors (x, y) with equal first dimension N.
            validation: Like `train`; evaluated after every epoch as ``val_loss``.
            epochs: How often to go through the examples, 1 or more.
            batch_size: Examples a step, 1 or more; the last batch of an epoch may be smaller.
            steps_per_epoch: The most batches an epoch, 1 or more: the first of each epoch's
                permutation. None, or more than there are, for all.
            checkpoint: Where the training is kept, and goes on from if it was stopped: see
                :class:`Checkpoint`. Examples with a ``state_dict`` are kept with it.

        Raises:
            OptionError: A count is below 1.
            DataError: There are no examples, or inputs and targets do not pair up.
            ShapeError: The loss function does not return one number, or predictions and targets
                would be spread over each other.
            TrainingError: The loss is no finite number at the end of an epoch.
            CheckpointError: The checkpoint is of another training.
            OutputError: It cannot be written.
        """
        examples = as_examples(train, "training data")
        held_out = None if validation is None else as_examples(validation, "validation data")
        at_least(1, epochs=epochs, batch_size=batch_size, steps_per_epoch=steps_per_epoch)
        order = ShuffledBatches(len(examples), batch_size, steps_per_epoch, self._generator)
        self.stop_training, self.history, self.position = False, History(), Position()
        self.epochs, self.steps, self._checked = epochs, len(order), None
        self._examples, self.callbacks = examples, tuple(shown(self.callbacks))
        if (there := ranks()) is not None:
            self._parallel = Parallel(there, self.model, self._loss_at, self._weight_at)
        facts = {
            **facts_of(self.model, self.optimizer),
            "number of examples": len(examples),
            "batch size": batch_size,
            "epochs": epochs,
            "steps an epoch": self.steps,
        }
        try:
            with Course(checkpoint, self, facts) as course:
                if not course.finished:
                    self._fit(held_out, order, course)
        finally:
            self._parallel = None
        return self.history

    def state_dict(self) -> dict[str, Any]:
        """All that a training goes on from: what :class:`Checkpoint` keeps."""
        at = self.position
        return {
            "position": at.state_dict(),
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "callbacks": states_of(self.callbacks),
            # An epoch that has begun draws its order again.
            "order": self._drawn_from if at.step else self._generator.get_state(),
            "examples": state_of(self._examples),
            "history": {**vars(self.history), "seconds": time.perf_counter() - self._started},
            "stop_training": self.stop_training,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from what `state_dict` told.

        Raises:
            CheckpointError: The callbacks are others.
        """
        self.position = Position.of(state["position"])
        self.model.load_state_dict(state["model"])
        give_optimizer(self.optimizer, state["optimizer"])
        restore(self.callbacks, state["callbacks"])
        self._generator.set_state(state["order"])
        give(self._examples, state["examples"])
        self.history, self.stop_training = History(**state["history"]), state["stop_training"]

    def evaluate(self, data: Data, batch_size: int = 1024) -> float:
        """Mean loss over the examples, the model in evaluation mode, nothing learned.

        Raises:
            OptionError: `batch_size` is below 1.
            DataError: There are no examples, or inputs and targets do not pair up.
        """
        examples = as_examples(data, "evaluation data")
        at_least(1, batch_size=batch_size)
        index, self._checked = torch.arange(len(examples)), None
        there = None if self._parallel is None else self._parallel.ranks
        if there is not None:
            index = index[there.rank :: there.count]
        losses, weights = [], []
        with in_mode(self.model, training=False), torch.inference_mode():
            for x, y in batches(examples, index, batch_size):
                losses.append(self._loss(x, y))
                weights.append(len(y) if self._weight is None else float(self._weight(y)))
        own = mean_loss(losses, weights) if losses else 0.0
        if there is None:
            return own
        total, whole = there.total([own * sum(weights), sum(weights)])
        return total / whole

    def _fit(self, held_out: Examples | None, order: ShuffledBatches, course: Course) -> None:
        begun: list[Callback] = []
        self._started = time.perf_counter()
        try:
            self._begin(begun)
            course.resume()
            self._started -= self.history.seconds
            self.history.stopped = self._run_epochs(held_out, order, course)
        except KeyboardInterrupt:
            self.history.stopped = INTERRUPTED
        finally:
            for callback in begun:
                callback.on_train_end(self)
            self.history.seconds = time.perf_counter() - self._started
        if not self.history.interrupted and course.finish():
            self.history.stopped = INTERRUPTED

    def _begin(self, begun: list[Callback]) -> None:
        for callback in self.callbacks:
            callback.on_train_begin(self)
            begun.append(callback)

    def _run_epochs(self, held_out: Examples | None, order: ShuffledBatches, course: Course) -> str:
        for epoch in range(self.position.epoch, self.epochs):
            if not self.position.step:
                for callback in self.callbacks:
                    callback.on_epoch_begin(self, epoch)
            logs = {"loss": self._train_epoch(order, course)}
            if held_out is not None:
                logs["val_loss"] = self.evaluate(held_out)
            logs["learning_rate"] = float(self.optimizer.param_groups[0]["lr"])
            self._end_epoch(epoch, logs)
            self.position.next_epoch()
            if stopped(self.stop_training):
                return f"early stopping at epoch {epoch + 1}"
            course.passed()
        return FINISHED

    def _train_epoch(self, order: ShuffledBatches, course: Course) -> float:
        assert self._examples is not None
        at, self._drawn_from = self.position, self._generator.get_state()
        index = order.draw()
        hooks = [c.on_train_batch_end for c in self.callbacks if _watches_batches(c)]
        with in_mode(self.model, training=True):
            for loss in self._losses(index, order.batch_size, at.step):
                at.made(loss)
                for hook in hooks:
                    hook(self, at.step - 1)
                course.passed()
        return mean_loss(at.losses, sizes(len(index), order.batch_size))

    def _losses(self, index: Tensor, batch_size: int, first: int) -> Iterator[Tensor]:
        """Makes a step for each batch, from the first on, and tells its loss."""
        assert self._examples is not None
        if self._parallel is not None:
            for places in torch.split(index, batch_size)[first:]:
                self.optimizer.zero_grad()
                loss = self._parallel.backward(places)
                self._step()
                yield loss
            return
        for x, y in batches(self._examples, index, batch_size, first):
            yield self._update(x, y)

    def _update(self, x: Tensor, y: Tensor) -> Tensor:
        self.optimizer.zero_grad()
        loss = self._loss(x, y)
        backward(loss)
        self._step()
        return loss.detach()

    def _loss_at(self, places: Tensor) -> Tensor:
        assert self._examples is not None
        return self._loss(*self._examples[places])

    def _weight_at(self, places: Tensor) -> Tensor | float:
        assert self._examples is not None
        return len(places) if self._weight is None else self._weight(self._examples[places][1])

    def _loss(self, x: Tensor, y: Tensor) -> Tensor:
        answer = self.model(x)
        if y.shape != self._checked:
            check_alike(answer, y)
            self._checked = y.shape
        loss = self.loss(answer, y)
        if loss.ndim:
            check_scalar(loss)
        return loss

    def _step(self) -> None:
        if self._clip is None:
            self.optimizer.step()
        elif isinstance(self.optimizer, OnePass):
            self.optimizer.step(clip=self._clip)
        else:
            groups = self.optimizer.param_groups
            self._clip.apply(weight for group in groups for weight in group["params"])
            self.optimizer.step()

    def _end_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        try:
            # Before the callbacks: one that saves every epoch would overwrite a good file.
            _check_finite(epoch, logs)
            for callback in self.callbacks:
                callback.on_epoch_end(self, epoch, logs)
        finally:
            self.history.record(epoch, logs)


def _watches_batches(callback: Callback) -> bool:
    """Whether a callback has overridden the hook that runs after every step."""
    hook = callback.on_train_batch_end
    return getattr(hook, "__func__", hook) is not Callback.on_train_batch_end


def _check_finite(epoch: int, logs: Mapping[str, float]) -> None:
    rate = logs["learning_rate"]
    if not math.isfinite(logs["loss"]):
        raise TrainingError(
            f"The training loss is {logs['loss']} after epoch {epoch + 1}, with learning rate "
            f"{rate:g}.",
            "a finite number",
            f"a smaller learning rate ({rate / 10:g}), scaled inputs, clipped gradients; and "
            "look for missing or infinite values in the data",
        )
    if not math.isfinite(logs.get("val_loss", 0.0)):
        raise TrainingError(
            f"The validation loss is {logs['val_loss']} after epoch {epoch + 1}, with learning "
            f"rate {rate:g}, though the training loss is {logs['loss']:g}.",
            "a finite number",
            "look for missing or infinite values in the validation data; if there are none, a "
            f"smaller learning rate ({rate / 10:g})",
        )
