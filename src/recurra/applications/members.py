"""Networks that are trained one after the other and answer together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Self, TypeVar, cast

from recurra.training import Callback, History, Trainer
from recurra.training.position import Position

N = TypeVar("N")


@dataclass(frozen=True)
class Learned(Generic[N]):
    """Networks that were trained, at least one.

    Attributes:
        networks: As they are.
        histories: How each learned.
        notes: That the user interrupted, if so.
    """

    networks: list[N]
    histories: list[History]
    notes: tuple[str, ...]


def learn_in_turn(
    count: int, learn: Callable[[int, Callback], tuple[N, History]], watch: Sequence[Callback]
) -> Learned[N]:
    """Trains networks one after the other; Ctrl-C ends it with those that are there.

    Of a network that was cut short only the first is kept, for want of another.

    Args:
        count: How many, at least 1.
        learn: Trains one, by its number from 0, with a callback that is to look on.
        watch: Callbacks that see all trainings as one.

    Raises:
        KeyboardInterrupt: If nothing was learned yet.
    """
    shown = InTurn(watch, count)
    networks: list[N] = []
    histories: list[History] = []
    try:
        while len(networks) < count:
            network, history = learn(len(networks), shown.turn_of(len(networks)))
            if history.interrupted and (networks or not history.epoch):
                raise KeyboardInterrupt
            networks.append(network)
            histories.append(history)
            if history.interrupted:
                break
    except KeyboardInterrupt:  # Perhaps between two trainings.
        if not networks:
            raise
    finally:
        shown.close()
    return Learned(networks, histories, _cut_short(histories, count))


def _cut_short(histories: Sequence[History], count: int) -> tuple[str, ...]:
    last = histories[-1]
    if len(histories) == count and not last.interrupted:
        return ()
    passes = f", the last for {len(last.epoch)} passes" if last.interrupted else ""
    return (f"interrupted: {len(histories)} of {count} networks were trained{passes}",)


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

    first_only = True

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
