"""What pictures say of how to learn from them, and how large the network is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from recurra.applications.enhance.images import LEAST
from recurra.options import check_training

FEWEST = 8
"""Pictures below which none is held out."""

SHARE, MOST_HELD = 8, 12
"""One picture in so many is held out, and at most so many."""

CROP = 48


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "gru"
    units: int | None = None
    layers: int | None = None
    steps: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            layers=self.layers,
            steps=self.steps,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Its cell, by name.
        units: H, in each direction of a sweep.
        layers: Of sweeps, one on another.
        crop: Points each way of what is cut out of pictures to be learned from.
        steps: Of the optimizer.
        batch_size: Crops a step.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    layers: int
    crop: int
    steps: int
    batch_size: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"{self.layers} layer{'s' if self.layers > 1 else ''} of sweeps of {self.units} "
            f"{self.cell} units each way; {self.steps:,} steps of {self.batch_size} crops of "
            f"{self.crop} x {self.crop} points, learning rate {self.learning_rate:g}"
        ]


def plan(sides: Sequence[int], wishes: Wishes) -> Plan:
    """The rules, for pictures whose shorter sides are so many points.

    Crops are 48 points wide, or as wide as half of the pictures allow, at least 16. A sweep has 48
    units each way, two layers stand on another, 6,000 steps read 16 crops each: as much as half an
    hour of one core allows.
    """
    half = sorted(sides)[len(sides) // 2]
    return Plan(
        wishes.cell,
        wishes.units or 48,
        wishes.layers or 2,
        max(LEAST, min(CROP, half)),
        wishes.steps or 6000,
        wishes.batch_size or 16,
        wishes.learning_rate or 3e-3,
    )
