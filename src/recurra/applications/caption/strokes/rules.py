"""What the amount of data says of how to learn to draw, and how large the network is."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.errors import OptionError
from recurra.options import check_training

SHOWN = 24_000
"""Drawings that are shown in training, all passes together."""

FEWEST_PASSES, MOST_PASSES = 4, 40

SIDE, LEAST_SIDE = 35, 8

FEWEST = 20
"""Drawings below which none is held out."""

SHARE, MOST_HELD = 10, 200
"""One drawing in so many is held out, and at most so many."""


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
        if self.side is not None and self.side < LEAST_SIDE:
            raise OptionError(f"side={self.side}", f"at least {LEAST_SIDE}", f"side={SIDE}")


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Of its recurrent layer, by name.
        units: H of the layer that draws.
        side: S, the points of a side of the squares that pictures become.
        code: The numbers that a whole picture is made into.
        glimpse: The numbers that what the pen sees is made into.
        components: Of the mixture of which a step is drawn.
        dropout: The share of what the code is made of that is hidden in training.
        batch_size: Drawings a step, at most.
        epochs: Passes over the drawings.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    side: int
    code: int
    glimpse: int
    components: int
    dropout: float
    batch_size: int
    epochs: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"pictures become squares of {self.side} x {self.side} points of ink, seen whole and "
            "from the pen",
            f"{self.units} {self.cell} units draw; {self.epochs} passes in batches of at most "
            f"{self.batch_size}, learning rate {self.learning_rate:g}",
        ]


def plan(drawings: int, wishes: Wishes) -> Plan:
    """The rules, for so many drawings.

    About 24,000 drawings are shown in all, in 4 to 40 passes, at most 10 a step. On
    Omniglot, by characters that were held out, small steps of a high rate learned in 8 passes about
    what large ones of a third of it did in 20.
    """
    epochs = min(MOST_PASSES, max(FEWEST_PASSES, round(SHOWN / max(1, drawings))))
    return Plan(
        wishes.cell,
        wishes.units or 256,
        wishes.side or SIDE,
        code=32,
        glimpse=64,
        components=20,
        dropout=0.5,
        batch_size=wishes.batch_size or 10,
        epochs=wishes.epochs or epochs,
        learning_rate=wishes.learning_rate or 6e-3,
    )
