"""What the data say of how to learn from them, and how large a network is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from recurra.options import check_training

FOLDS = 10
"""Parts of which each network holds one out."""

FEWEST = 20
"""Sequences below which nothing is held out."""

LONGEST = 1000
"""The most bases that are read of a sequence, those in its middle."""

STEPS = 1500
"""Steps of the optimizer that a network of few sequences is trained for."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is changed in training.

    Attributes:
        middle: Whether it answers from the states in the middle too, beside all together.
        units: H, of the layer in each direction.
        cell: Its cell, by name.
        window: The bases that a step sees, an odd number.
        features: The numbers that are made of a window.
        dropout: The share of features that are hidden.
        mutation: The share of bases that are exchanged.
    """

    middle: bool
    units: int = 32
    cell: str = "lstm"
    window: int = 5
    features: int = 64
    dropout: float = 0.3
    mutation: float = 0.05

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "lstm"
    units: int | None = None
    networks: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            networks=self.networks,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How networks are made and trained.

    Attributes:
        sizes: Of each.
        length: What all sequences have as their length; 0 if they have several.
        networks: How many are averaged.
        epochs: Passes over the sequences, at most.
        patience: Passes without improvement after which a network's training ends.
        batch_size: Sequences a step, at most.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    length: int
    networks: int
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        sizes = self.sizes
        several = f"{self.networks} networks" if self.networks > 1 else "1 network"
        return [
            f"all are {self.length:,} bases long, so that places mean something: networks answer "
            "from what they know in the middle, beside all together"
            if sizes.middle
            else "lengths differ: networks answer from what stands out and the mean of all places",
            f"{several} of {sizes.units} {sizes.cell} units each way"
            f"{', averaged' if self.networks > 1 else ''}, at most {self.epochs} passes over the "
            f"sequences in batches of {self.batch_size}, learning rate {self.learning_rate:g}; "
            f"{sizes.mutation:.0%} of the bases mutate",
        ]


def plan(lengths: Sequence[int], wishes: Wishes) -> Plan:
    """The rules, for training sequences of such lengths.

    Where all have one length, a base's place means something: the answer is made of the states at
    the two middle positions beside the largest and the mean of all; else of the latter alone.

    Batches are of 16 sequences up to 1,000, of 32 up to 10,000, of 64 beyond; passes as many as
    make about 1,500 steps, from 4 to 60. Five networks are averaged up to 10,000 sequences, three
    up to 30,000, one beyond.
    """
    count = len(lengths)
    batch_size = wishes.batch_size or (16 if count <= 1000 else 32 if count <= 10_000 else 64)
    epochs = wishes.epochs or min(60, max(4, round(STEPS * batch_size / max(1, count))))
    networks = 5 if count <= 10_000 else 3 if count <= 30_000 else 1
    length = lengths[0] if len(set(lengths)) == 1 else 0
    return Plan(
        Sizes(bool(length), wishes.units or 32, wishes.cell),
        length,
        wishes.networks or networks,
        epochs,
        max(3, epochs // 3),
        batch_size,
        wishes.learning_rate or 3e-3,
    )
