"""What the amount of prices says of how to learn from them, and how large the networks are."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.options import check_training

LOOKBACK = 60
STEPS = 1500
"""Steps of the optimizer that a network is trained for, as far as passes allow."""

MANY = 100_000
"""Periods beyond which networks are larger."""


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the prices say."""

    lookback: int | None = None
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
            lookback=self.lookback,
            units=self.units,
            layers=self.layers,
            networks=self.networks,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How the networks are made and trained.

    Attributes:
        lookback: N, the periods that are read to foretell the next one.
        cell: The networks' cell, by name.
        units: H, of each layer.
        layers: How many.
        dropout: The share of outputs that are hidden in training.
        networks: How many are averaged.
        batch_size: Stretches of N periods a step, at most.
        passes: How often the prices are read.
        looks: How often a network is judged, at most once a step.
        learning_rate: The peak of the learning rate.
    """

    lookback: int
    cell: str
    units: int
    layers: int
    dropout: float
    networks: int
    batch_size: int
    passes: int
    looks: int
    learning_rate: float

    @property
    def patience(self) -> int:
        """Judgements without improvement after which the training ends."""
        return max(3, self.looks // 3)

    @property
    def network(self) -> str:
        """As "3 networks of 32 gru units, averaged"."""
        count = "1 network" if self.networks == 1 else f"{self.networks} networks"
        layers = "" if self.layers == 1 else f"{self.layers} layers of "
        return f"{count} of {layers}{self.units} {self.cell} units" + ", averaged" * (
            self.networks > 1
        )

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"{self.lookback} periods are read to foretell the next one",
            f"{self.network}, {self.passes} passes in batches of {self.batch_size}, learning rate "
            f"{self.learning_rate:g}",
        ]


def plan(periods: int, wishes: Wishes) -> Plan:
    """The rules.

    60 periods are read. 32 units, 64 beyond 100,000 periods: there is little in prices that can be
    learned, and much that can be learned by heart. Three networks are averaged. Stretches overlap
    by half; 32 a step, and as many passes as make about 1,500 steps, from 3 to 60.

    Args:
        periods: That are learned from, of all tickers, at least 1.
        wishes: What the user chose.
    """
    lookback = wishes.lookback or LOOKBACK
    batch_size = wishes.batch_size or 32
    batches = max(1.0, 2 * periods / lookback / batch_size)
    passes = wishes.epochs or min(60, max(3, round(STEPS / batches)))
    return Plan(
        lookback,
        wishes.cell,
        wishes.units or (32 if periods <= MANY else 64),
        wishes.layers or 1,
        0.2,
        wishes.networks or 3,
        batch_size,
        passes,
        min(passes, 20),
        wishes.learning_rate or 1e-3,
    )
