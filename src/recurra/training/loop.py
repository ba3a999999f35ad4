"""The training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from recurra.errors import TrainingError
from recurra.training.batches import ShuffledBatches, batches_in_order
from recurra.training.callback import Callback
from recurra.training.examples import Data, Examples, as_examples
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.limits import at_least
from recurra.training.mean_loss import MeanLoss, check_alike, check_scalar
from recurra.training.mode import in_mode


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

    Attributes:
        stop_training: A callback sets it to end the training after the epoch.
        history: What the last `fit` left behind, also when an error ended it.
        epochs: The epochs that the present `fit` will run at most.
        steps: The batches that it runs an epoch.
    """

    def __init__(
        self,
        model: nn.Module,
        loss: Callable[[Tensor, Tensor], Tensor],
        optimizer: torch.optim.Optimizer,
        *,
        callbacks: Sequence[Callback] = (),
        seed: int = 0,
    ) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self.callbacks = tuple(callbacks)
        self.stop_training = False
        self.history = History()
        self.epochs = 0
        self.steps = 0
        self._generator = torch.Generator().manual_seed(seed)

    def fit(
        self,
        train: Data,
        validation: Data | None = None,
        epochs: int = 1,
        batch_size: int = 32,
        *,
        steps_per_epoch: int | None = None,
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

        Raises:
            OptionError: A count is below 1.
            DataError: There are no examples, or inputs and targets do not pair up.
            ShapeError: The loss function does not return one number, or predictions and targets
                would be spread over each other.
            TrainingError: The loss is no finite number at the end of an epoch.
        """
        examples = as_examples(train, "training data")
        held_out = None if validation is None else as_examples(validation, "validation data")
        at_least(1, epochs=epochs, batch_size=batch_size, steps_per_epoch=steps_per_epoch)
        order = ShuffledBatches(len(examples), batch_size, steps_per_epoch, self._generator)
        self.stop_training, self.history = False, History()
        self.epochs, self.steps = epochs, len(order)
        begun: list[Callback] = []
        started = time.perf_counter()
        try:
            self._begin(begun)
            self.history.stopped = self._run_epochs(examples, held_out, order)
        except KeyboardInterrupt:
            self.history.stopped = INTERRUPTED
        finally:
            for callback in begun:
                callback.on_train_end(self)
            self.history.seconds = time.perf_counter() - started
        return self.history

    def evaluate(self, data: Data, batch_size: int = 1024) -> float:
        """Mean loss over the examples, the model in evaluation mode, nothing learned.

        Raises:
            OptionError: `batch_size` is below 1.
            DataError: There are no examples, or inputs and targets do not pair up.
        """
        examples = as_examples(data, "evaluation data")
        at_least(1, batch_size=batch_size)
        mean = MeanLoss()
        with in_mode(self.model, training=False), torch.inference_mode():
            for index in batches_in_order(len(examples), batch_size):
                x, y = examples[index]
                mean.add(self._loss(x, y), len(index))
        return mean.value()

    def _begin(self, begun: list[Callback]) -> None:
        for callback in self.callbacks:
            callback.on_train_begin(self)
            begun.append(callback)

    def _run_epochs(
        self, examples: Examples, held_out: Examples | None, order: ShuffledBatches
    ) -> str:
        for epoch in range(self.epochs):
            for callback in self.callbacks:
                callback.on_epoch_begin(self, epoch)
            logs = {"loss": self._train_epoch(examples, order)}
            if held_out is not None:
                logs["val_loss"] = self.evaluate(held_out)
            logs["learning_rate"] = float(self.optimizer.param_groups[0]["lr"])
            self._end_epoch(epoch, logs)
            if self.stop_training:
                return f"early stopping at epoch {epoch + 1}"
        return FINISHED

    def _train_epoch(self, examples: Examples, order: ShuffledBatches) -> float:
        mean = MeanLoss()
        with in_mode(self.model, training=True):
            for step, index in enumerate(order.draw()):
                x, y = examples[index]
                mean.add(self._update(x, y), len(index))
                for callback in self.callbacks:
                    callback.on_train_batch_end(self, step)
        return mean.value()

    def _update(self, x: Tensor, y: Tensor) -> Tensor:
        self.optimizer.zero_grad()
        loss = self._loss(x, y)
        torch.autograd.backward(loss)
        self.optimizer.step()
        return loss

    def _loss(self, x: Tensor, y: Tensor) -> Tensor:
        answer = self.model(x)
        check_alike(answer, y)
        loss = self.loss(answer, y)
        check_scalar(loss)
        return loss

    def _end_epoch(self, epoch: int, logs: dict[str, float]) -> None:
        try:
            # Before the callbacks: one that saves every epoch would overwrite a good file.
            _check_finite(epoch, logs)
            for callback in self.callbacks:
                callback.on_epoch_end(self, epoch, logs)
        finally:
            self.history.record(epoch, logs)


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
