"""A task's examples where a trainer expects a finite set."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.options import whole
from recurra.tasks.task import Task


class OnTheFly:
    """Fresh examples of a task, so many an epoch: what ``Trainer.fit`` takes as training data.

    Whatever index is asked for, new examples are drawn, so that none is seen twice. For validation
    give a fixed batch: ``task.draw(1000, generator)[:2]``.

    Args:
        task: The task; its rows must all be of one length.
        count: N, the examples that make an epoch, at least 1.
        seed: Where chance starts.

    Raises:
        OptionError: If the task's rows end at different steps, or ``count`` is less than 1.
    """

    def __init__(self, task: Task, count: int, seed: int = 0) -> None:
        if task.has_lengths:
            raise OptionError(
                f"the task {task!r}, whose rows end at different steps",
                "a task of rows of one length: examples of a trainer are inputs and targets",
                "draw batches from the task itself, and give their lengths to the layer",
            )
        self.task = task
        self.count = whole("count", count, 1)
        self._generator = torch.Generator().manual_seed(seed)

    @property
    def length(self) -> int:
        """The task's length, in steps; it can be set, as a length schedule does.

        Raises:
            OptionError: If the task has no length, or does not allow the new one.
        """
        return int(self._with_length().length)

    @length.setter
    def length(self, length: int) -> None:
        self.task = replace(self._with_length(), length=length)

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index: Tensor, /) -> tuple[Tensor, Tensor]:
        """As many fresh examples as are asked for: inputs (B, T, I) and targets."""
        x, y, _ = self.task.draw(len(index), self._generator)
        return x, y

    def state_dict(self) -> dict[str, Any]:
        """Where chance is, for a training that is stopped and goes on."""
        return {"random": self._generator.get_state()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on from there."""
        self._generator.set_state(state["random"])

    def _with_length(self) -> Any:
        if not hasattr(self.task, "length"):
            raise OptionError(f"the length of {self.task!r}", "a task that has one: Adding, Parity")
        return self.task
