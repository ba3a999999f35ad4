"""Longer sequences from epoch to epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from recurra.training.callback import Callback
from recurra.training.length_schedule import LengthSchedule

if TYPE_CHECKING:
    from recurra.training.loop import Trainer


class HasLength(Protocol):
    """Examples whose length can be set, as `LastSteps` and `recurra.tasks.OnTheFly`."""

    length: int


class GrowLength(Callback):
    """Sets the length of examples at the begin of each epoch.

    Args:
        examples: What the trainer is given as training data.
        schedule: The length of each epoch.
    """

    def __init__(self, examples: HasLength, schedule: LengthSchedule) -> None:
        self.examples = examples
        self.schedule = schedule

    def on_epoch_begin(self, trainer: Trainer, epoch: int) -> None:
        """Sets the length."""
        self.examples.length = self.schedule.at(epoch)

    def state_dict(self) -> dict[str, Any]:
        """The length of the present epoch."""
        return {"length": self.examples.length}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Sets it."""
        self.examples.length = state["length"]
