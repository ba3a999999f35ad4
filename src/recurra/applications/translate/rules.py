"""What the amount of data says of how to learn from it, and how large the network is."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.options import check_training

READ = 3_000_000
"""Symbols of translations that are read in training, all passes together."""

MOST_PASSES = 20

LONGEST = 100
"""The most symbols of a sentence, on either side."""


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "lstm"
    units: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None
    longest: int | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            epochs=self.epochs,
            batch_size=self.batch_size,
            longest=self.longest,
        )


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Its cell, by name.
        units: H of the layer that writes, and the numbers in a symbol's vector.
        reading_units: H of the layer that reads, in each direction.
        dropout: The share of the numbers in vectors and features that are hidden in training.
        word_dropout: The share of symbols whose vector is hidden.
        longest: The most symbols of a sentence, on either side.
        batch_size: Symbols of a batch on either side, padding included, at most.
        passes: How often the pairs are read.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    reading_units: int
    dropout: float
    word_dropout: float
    longest: int
    batch_size: int
    passes: float
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        return [
            f"{self.reading_units} {self.cell} units read each way, {self.units} write and look "
            f"back, dropout {self.dropout:g}",
            f"{self.passes:.1f} passes in batches of about {self.batch_size:,} symbols, learning "
            f"rate {self.learning_rate:g}",
        ]


def plan(symbols: int, wishes: Wishes) -> Plan:
    """The rules, for translations of so many symbols in all.

    3 million symbols are read in all, so 6 passes over half a million, but at most 20 passes. Units
    grow with the cube root of the number of symbols, from 64 to the 256 that half a million asks
    for, in steps of 32; more would take longer than half an hour.
    """
    units = wishes.units or min(256, max(64, 32 * round(8 * (symbols / 500_000) ** (1 / 3))))
    return Plan(
        wishes.cell,
        units,
        max(1, 3 * units // 4),
        0.3,
        0.1,
        wishes.longest or LONGEST,
        wishes.batch_size or min(1000, max(200, symbols // 100)),
        wishes.epochs or min(MOST_PASSES, READ / max(1, symbols)),
        wishes.learning_rate or 2e-3,
    )
