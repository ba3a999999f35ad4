"""The named hooks of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from recurra.training.loop import Trainer


class Callback:
    """Acts at named moments of `Trainer.fit`; every hook does nothing unless overridden.

    A constructor only stores (and checks) its arguments. State begins in `on_train_begin`, so
    that one instance can serve several trainings, one after the other. Epochs and steps count
    from 0, as in Keras.

    A training that goes on from a :class:`~recurra.training.Checkpoint` calls `on_train_begin`, and
    then gives a callback back the state that it told; the hooks of the epoch that have run already
    do not run again.

    Attributes:
        first_only: Whether, of several processes that share a training, it serves the first alone:
            for what prints or writes. The others decide alike in all.
    """

    first_only: ClassVar[bool] = False

    def on_train_begin(self, trainer: Trainer) -> None:
        """Runs once, before the first epoch; `trainer.epochs` and `trainer.steps` are known."""

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Runs before the first batch of an epoch."""

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Runs after each optimizer step; `step` counts from 0 within the epoch."""

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Runs after validation.

        `logs` holds ``loss``, ``learning_rate`` and, with validation data, ``val_loss``. What a
        callback adds to it is seen by the callbacks after it and is kept in the history.
        """

    def on_train_end(self, trainer: Trainer) -> None:
        """Runs once, however the training ended: finished, stopped, interrupted or failed."""

    def state_dict(self) -> dict[str, Any]:
        """What changes in training: numbers, text, tensors, lists and dictionaries of these.

        A callback that only looks on has none.
        """
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Becomes again what `state_dict` told."""
