"""What the amount of data says of how to learn captions, and how large the network is."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.errors import OptionError
from recurra.options import check_training

SHOWN = 72_000
"""Pictures that are shown in training, all passes together."""

FEWEST_PASSES, MOST_PASSES = 4, 40

SIDE = 64
FINEST = 8
"""The encoder's places lie so many points apart."""

FEWEST = 20
"""Pictures below which none is held out."""

SHARE, MOST_HELD = 10, 500
"""One picture in so many is held out, and at most so many."""


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "lstm"
    units: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    side: int | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            epochs=self.epochs,
            batch_size=self.batch_size,
            side=self.side,
        )
        if self.side is not None and self.side % FINEST:
            raise OptionError(
                f"side={self.side}",
                f"a multiple of {FINEST}",
                f"side={FINEST * max(1, round(self.side / FINEST))}",
            )


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Of its recurrent layers, by name.
        units: H of the layer that writes.
        sweep_units: H of the sweeps over the places of a picture, in each direction.
        maps: What the encoder's last convolution finds of each place.
        side: S, the points of a side of the squares that pictures become.
        dropout: The share of the numbers in vectors and features that are hidden in training.
        batch_size: Pictures a step.
        epochs: Passes over the pictures.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    sweep_units: int
    maps: int
    side: int
    dropout: float
    batch_size: int
    epochs: int
    learning_rate: float

    @property
    def places(self) -> int:
        """P, the places of the encoder along a side."""
        return self.side // FINEST

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"pictures become squares of {self.side} x {self.side} points; three convolutions and "
            f"sweeps of {self.sweep_units} units each way see {self.places} x {self.places} places",
            f"{self.units} {self.cell} units write, and look at the places; {self.epochs} passes "
            f"in batches of {self.batch_size}, learning rate {self.learning_rate:g}",
        ]


def plan(pictures: int, wishes: Wishes) -> Plan:
    """The rules, for so many pictures with their captions.

    About 72,000 pictures are shown in all, in 4 to 40 passes. Batches of 32, of 16 below 1,000.
    """
    epochs = min(MOST_PASSES, max(FEWEST_PASSES, round(SHOWN / max(1, pictures))))
    units = wishes.units or 128
    return Plan(
        wishes.cell,
        units,
        max(1, units // 2),
        96,
        wishes.side or SIDE,
        0.1,
        wishes.batch_size or (32 if pictures >= 1000 else 16),
        wishes.epochs or epochs,
        wishes.learning_rate or 2e-3,
    )
