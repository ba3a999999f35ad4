"""What a training leaves behind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

FINISHED = "finished"
INTERRUPTED = "interrupted"


@dataclass
class History:
    """The epochs that ran, what was measured, why it ended and how long it took.

    Attributes:
        epoch: The epochs that ran to their end, counted from 0.
        history: One list a quantity (``loss``, ``val_loss``, ``learning_rate``), one number an
            epoch. ``learning_rate`` is the rate with which the epoch ran.
        stopped: Why the training ended: "finished", "interrupted" or "early stopping at epoch
            31" (counted from 1, as one speaks); "failed" where an error ended it.
        seconds: Wall-clock time, the work of the callbacks included.
    """

    epoch: list[int] = field(default_factory=list)
    history: dict[str, list[float]] = field(default_factory=dict)
    stopped: str = "failed"
    seconds: float = 0.0

    @property
    def interrupted(self) -> bool:
        """Whether the user stopped the training (Ctrl-C)."""
        return self.stopped == INTERRUPTED

    def record(self, epoch: int, logs: Mapping[str, float]) -> None:
        """Adds what an epoch measured."""
        for name in dict.fromkeys([*self.history, *logs]):
            # A quantity that some epochs lack is no number there, so that all lists stay in step.
            values = self.history.setdefault(name, [math.nan] * len(self.epoch))
            values.append(float(logs.get(name, math.nan)))
        self.epoch.append(epoch)

    def to_csv(self) -> str:
        """A row an epoch: ``epoch``, counted from 0, and the quantities."""
        rows = zip(self.epoch, *self.history.values(), strict=True)
        lines = [",".join(["epoch", *self.history])]
        lines += [",".join(map(repr, row)) for row in rows]
        return "\n".join(lines) + "\n"
