"""What the amount of music says of how to learn from it, and how large the network is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from recurra.options import check_training

READ = 7_000_000
"""Steps that are read in training, as far as passes allow: some ten minutes of one core."""

MOST_PASSES = 300
LITTLE = 50_000
"""Steps of music below which a GRU, which has fewer weights, learns from it."""

SCARCE = 15_000
"""Steps of music below which half of what a network knows is hidden from it in training."""

A_BATCH = 960
"""Steps in a batch, about."""


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the music says."""

    cell: str | None = None
    units: int | None = None
    layers: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            layers=self.layers,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Its cell, by name.
        units: H, of each layer.
        layers: How many.
        state_dropout: The chance of a unit being left out of the recurrent products, the same units
            for a whole piece.
        dropout: The chance of a unit being left out before the head, anew at each step.
        batch_size: Pieces a batch, at most.
        passes: How often the music is read.
        looks: How often the network is judged on what it is chosen by, at most once a step.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    layers: int
    state_dropout: float
    dropout: float
    batch_size: int
    passes: float
    looks: int
    learning_rate: float

    @property
    def patience(self) -> int:
        """Judgements without improvement after which the training ends."""
        return max(3, self.looks // 3)

    @property
    def network(self) -> str:
        """As "1 layer of 256 gru units"."""
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return f"{layers} of {self.units} {self.cell} units"

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"{self.network}, dropout {self.state_dropout:g} of the state and {self.dropout:g} "
            f"before the keys; {self.passes:.3g} passes in batches of {self.batch_size}, learning "
            f"rate {self.learning_rate:g}"
        ]


def plan(pieces: int, steps: int, wishes: Wishes) -> Plan:
    """The rules.

    Up to 50,000 steps of music a GRU with a learning rate of 0.006, beyond an LSTM with 0.01; 256
    units, 128 for less than 8,000 steps. Half of the units are hidden in training up to 15,000
    steps; beyond, those of the state as 1 / steps, and those before the head as its cube root.
    Batches of about 960 steps. 7 million steps are read in all, so 40 passes over 175,000, but at
    most 300 passes.

    Args:
        pieces: That are learned from, at least 1.
        steps: Of all of them, at least 1.
        wishes: What the user chose.
    """
    little = steps < LITTLE
    share = min(1.0, SCARCE / steps)
    passes = wishes.epochs or min(MOST_PASSES, READ / steps)
    return Plan(
        wishes.cell or ("gru" if little else "lstm"),
        wishes.units or (256 if steps >= 8000 else 128),
        wishes.layers or 1,
        round(0.5 * share, 2),
        round(0.5 * share ** (1 / 3), 2),
        wishes.batch_size or min(64, max(1, round(A_BATCH * pieces / steps))),
        passes,
        max(10, min(30, math.ceil(passes / 2))),
        wishes.learning_rate or (0.006 if little else 0.01),
    )
