"""Where a training is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor


@dataclass
class Position:
    """Where a training is: within an epoch, or before one.

    Attributes:
        epoch: The present one, counted from 0.
        step: The steps that were made in it.
        losses: Their losses, of shape () each.
    """

    epoch: int = 0
    step: int = 0
    losses: list[Tensor] = field(default_factory=list)

    def made(self, loss: Tensor) -> None:
        """A step more."""
        self.losses.append(loss)
        self.step += 1

    def next_epoch(self) -> None:
        """An epoch more."""
        self.epoch, self.step, self.losses = self.epoch + 1, 0, []

    def state_dict(self) -> dict[str, Any]:
        """What a checkpoint keeps of it."""
        losses = torch.stack(self.losses) if self.losses else None
        return {"epoch": self.epoch, "step": self.step, "losses": losses}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> Self:
        """What :meth:`state_dict` gave."""
        losses = state["losses"]
        return cls(state["epoch"], state["step"], [] if losses is None else [*losses.unbind()])
