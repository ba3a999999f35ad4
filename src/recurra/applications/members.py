"""Networks that are trained one after the other and answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self, cast

from recurra.training import Callback, Trainer
from recurra.training.position import Position


@dataclass
class _Whole:
    """What callbacks are shown of a training: all networks' epochs as if they were one's."""

    epochs: int
    steps: int
    stop_training: bool = False
    position: Position = field(default_factory=Position)


class InTurn(Callback):
    """Shows callbacks the trainings of several networks as one, so that the time left is of all.

    Args:
        callbacks: Such as one that shows progress.
        members: How many networks there are, at least 1.
    """

    def __init__(self, callbacks: Sequence[Callback], members: int) -> None:
        self.callbacks = tuple(callbacks)
        self.members = members
        self._member = 0
        self._stopped = False
        self._whole: _Whole | None = None

    def turn_of(self, member: int) -> Self:
        """This, as the callback of a network's training.

        Args:
            member: The network, counted from 0. Those before it may have had no training, if a run
                went on from a checkpoint in which theirs had come to its end.
        """
        self._member = member
        return self

    def on_train_begin(self, trainer: Trainer) -> None:
        """Begins with the network whose turn it is."""
        if self._whole is None:
            at = trainer.position
            begun = Position(self._member * trainer.epochs + at.epoch, at.step)
            self._whole = _Whole(trainer.epochs * self.members, trainer.steps, position=begun)
            for callback in self.callbacks:
                callback.on_train_begin(self._shown)

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Counts on from the networks before."""
        for callback in self.callbacks:
            callback.on_epoch_begin(self._shown, self._member * trainer.epochs + epoch)

    def on_train_batch_end(self, trainer: Trainer, step: int) -> None:
        """Hands it on."""
        for callback in self.callbacks:
            callback.on_train_batch_end(self._shown, step)

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Counts on from the network before; a callback may stop the present one."""
        for callback in self.callbacks:
            callback.on_epoch_end(self._shown, self._member * trainer.epochs + epoch, logs)
        if self._whole is not None and self._whole.stop_training:
            trainer.stop_training = True

    def on_train_end(self, trainer: Trainer) -> None:
        """Remembers whether it was stopped."""
        self._stopped = self._stopped or trainer.stop_training

    def close(self) -> None:
        """Ends the whole, however it ended."""
        if self._whole is not None:
            # Epochs that a network had no need of are not still to come.
            self._whole.stop_training = self._stopped
            for callback in self.callbacks:
                callback.on_train_end(self._shown)
            self._whole = None

    @property
    def _shown(self) -> Trainer:
        return cast("Trainer", self._whole)
