"""How likely music is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from recurra.applications.music.roll import KEYS


@dataclass(frozen=True)
class Likelihood:
    """What a model thinks of pieces of music.

    A step's nats are the negative log-likelihood of all its keys together, given all steps before.
    The first step of a piece is foretold from nothing, and counted nowhere, as in the literature.

    Attributes:
        nats: Of all steps but the first of each piece.
        steps: How many these are, at least 1.
        pieces: How many pieces.
        by_frequency: The nats if each key had the probability of its frequency in training.
        by_step_before: The nats if each key went by itself alone: by whether it sounded one step
            before.
    """

    nats: float
    steps: int
    pieces: int
    by_frequency: float
    by_step_before: float

    @property
    def nats_per_step(self) -> float:
        """The mean over steps, long pieces counting more than short ones."""
        return self.nats / self.steps

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "nats_per_step": self.nats_per_step,
            "steps": self.steps,
            "pieces": self.pieces,
            "nats_per_step_by_frequency": self.by_frequency / self.steps,
            "nats_per_step_by_step_before": self.by_step_before / self.steps,
        }


class Counts:
    """What is known of keys by counting.

    Args:
        odds: The log-odds of each key, (3, 88): after a step at which it was silent, after one at
            which it sounded, and whatever came before.
    """

    def __init__(self, odds: Tensor) -> None:
        self.odds = odds

    @classmethod
    def of(cls, pieces: Sequence[Tensor]) -> Counts:
        """Counts keys in pieces (T, 88), each way once more than it was."""
        sounded = torch.ones(3, KEYS)
        silent = torch.ones(3, KEYS)
        for piece in pieces:
            roll = piece.float()
            before, now = roll[:-1], roll[1:]
            for place, some in enumerate((1 - before, before, torch.ones_like(before))):
                sounded[place] += (some * now).sum(0)
                silent[place] += (some * (1 - now)).sum(0)
        return cls(sounded.log() - silent.log())

    def nats(self, piece: Tensor) -> tuple[float, float]:
        """Of the steps of a piece but its first: by frequency, and by the step before."""
        roll = piece.float()
        before, now = roll[:-1], roll[1:]
        by_key = torch.where(before > 0, self.odds[1], self.odds[0])
        return tuple(  # type: ignore[return-value]
            float(functional.binary_cross_entropy_with_logits(odds, now, reduction="sum"))
            for odds in (self.odds[2].expand_as(now), by_key)
        )
