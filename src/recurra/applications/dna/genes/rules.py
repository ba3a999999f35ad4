"""What the size of a genome says of how to learn from it, and how large a network is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recurra.options import check_training

HELD_OUT = 0.1
"""The share of all bases that is held out: the last of them."""

FEWEST = 20_000
"""Bases below which nothing is held out."""

CHUNK = 2400
"""The most bases of a chunk in training."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is hidden from it in training.

    Attributes:
        units: H, of each layer in each direction.
        layers: How many layers there are.
        cell: Their cell, by name.
        embedding: The numbers in the vector of six bases.
        dropout: The share of numbers between layers that are hidden.
        hidden: The share of bases of which it is not told what they are.
    """

    units: int = 96
    layers: int = 2
    cell: str = "gru"
    embedding: int = 16
    dropout: float = 0.2
    hidden: float = 0.01

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "gru"
    units: int | None = None
    layers: int | None = None
    networks: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            layers=self.layers,
            networks=self.networks,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How networks are made and trained.

    Attributes:
        sizes: Of each.
        networks: How many are averaged.
        epochs: Passes: how often each base is seen, on the mean.
        patience: Passes without improvement after which a network's training ends.
        chunk: The bases of a chunk, at most.
        batch_size: Chunks a step.
        steps: Steps of the optimizer a pass.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    networks: int
    epochs: int
    patience: int
    chunk: int
    batch_size: int
    steps: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        sizes = self.sizes
        several = f"{self.networks} networks" if self.networks > 1 else "1 network"
        layers = f"{sizes.layers} layer{'s' if sizes.layers > 1 else ''}"
        return [
            f"{several} of {layers} of {sizes.units} {sizes.cell} units each way"
            f"{', averaged' if self.networks > 1 else ''}, three bases a step, at most "
            f"{self.epochs} passes over the bases in batches of {self.batch_size} chunks of "
            f"{self.chunk:,}, of either strand, learning rate {self.learning_rate:g}",
        ]


def plan(bases: int, wishes: Wishes) -> Plan:
    """The rules, for so many bases to learn from.

    Chunks are of 2,400 bases, batches of 16 of them, of 4 below a million bases. Passes are as many
    as show the network 60 million bases, from 4 to 60.
    """
    batch_size = wishes.batch_size or (16 if bases >= 1_000_000 else 4)
    chunk = min(CHUNK, max(3, bases))
    epochs = wishes.epochs or min(60, max(4, round(60e6 / max(1, bases))))
    return Plan(
        Sizes(wishes.units or 96, wishes.layers or 2, wishes.cell),
        wishes.networks or 1,
        epochs,
        max(3, epochs // 3),
        chunk,
        batch_size,
        max(1, round(bases / (batch_size * chunk))),
        wishes.learning_rate or 3e-3,
    )
