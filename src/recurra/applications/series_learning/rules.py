"""What the amount of data says of how to learn from series, and how large a network is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recurra.options import check_training

STEPS = 1200
"""Steps of the optimizer that a network is trained for, as far as passes allow."""

FEWEST = 10
"""Series below which nothing is held out."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is hidden from it in training.

    Attributes:
        units: H, of the layers in each direction.
        layers: One above the other.
        cell: Their cell, by name.
        dropout: The share of numbers in features that are hidden.
    """

    units: int = 64
    layers: int = 1
    cell: str = "gru"
    dropout: float = 0.3

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
        folds: Parts of which each is held out from a network of its own, for a figure of how good
            it is; 0 for none.
        judged: How many of those parts are, at most.
        epochs: Passes over the series.
        batch_size: Series a step, at most.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    networks: int
    folds: int
    judged: int
    epochs: int
    batch_size: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        sizes = self.sizes
        layers = "" if sizes.layers == 1 else f"{sizes.layers} layers of "
        return [
            f"{self.networks} network{'s' if self.networks > 1 else ''} of {layers}{sizes.units} "
            f"{sizes.cell} units each way, {'averaged, ' if self.networks > 1 else ''}"
            f"{self.epochs} passes over the series in batches of {self.batch_size}, learning rate "
            f"{self.learning_rate:g}",
        ]


def plan(series: int, wishes: Wishes, few: int = 3) -> Plan:
    """The rules, for so many training series.

    Batches of 16 up to 1,000 series, of 32 up to 5,000, else of 64. As many passes as make about
    1,200 steps, from 20 to 120. Up to 20,000 series several networks are averaged, beyond one.

    How good they are is told by networks that learn from a part and are judged on the rest: five
    of them, each without another fifth, up to 2,000 series; one without a tenth beyond. Then the
    networks of the model learn from all series, in the same way.

    Args:
        series: How many.
        wishes: What the user chose.
        few: How many networks are averaged up to 20,000 series.
    """
    batch_size = wishes.batch_size or (16 if series <= 1000 else 32 if series <= 5000 else 64)
    epochs = wishes.epochs or min(120, max(20, round(STEPS * batch_size / max(1, series))))
    small = series <= 2000
    return Plan(
        Sizes(wishes.units or 64, wishes.layers or 1, wishes.cell),
        wishes.networks or (few if series <= 20_000 else 1),
        0 if series < FEWEST else 5 if small else 10,
        5 if small else 1,
        epochs,
        batch_size,
        wishes.learning_rate or 3e-3,
    )
