"""What the length of a text says of how to learn from it, and how large the network is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from recurra.errors import DataError
from recurra.options import check_training

READ = 10_000_000
"""Symbols that are read in training at most, all passes together."""

WORK = 1.95e13
"""Symbols read times products a symbol, at most: about half an hour of one processor core."""

MOST_PASSES = 40
MOST_HELD_OUT = 20_000
"""Symbols held out, at most: enough to tell passes apart."""

FEWEST = 200
"""Symbols that a text must have."""

EMBEDDING = 64
"""The numbers in a symbol's vector."""


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the text says."""

    cell: str = "lstm"
    units: int | None = None
    layers: int | None = None
    epochs: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            layers=self.layers,
            epochs=self.epochs,
        )


@dataclass(frozen=True)
class Plan:
    """How the network is made and trained.

    Attributes:
        cell: Its cell, by name.
        units: H, of each layer.
        layers: How many.
        embedding: The numbers in a symbol's vector.
        dropout: The share of outputs that are hidden in training.
        input_dropout: The share of the numbers in vectors that are.
        rows: Places of the text that are read side by side.
        steps: Symbols that the gradient goes back over.
        held_out: Symbols at the end of the text that are not learned from.
        length: Steps of the optimizer.
        looks: How often the network is judged on what is held out.
        learning_rate: The peak of the learning rate.
    """

    cell: str
    units: int
    layers: int
    embedding: int
    dropout: float
    input_dropout: float
    rows: int
    steps: int
    held_out: int
    length: int
    looks: int
    learning_rate: float

    @property
    def patience(self) -> int:
        """Judgements without improvement after which the training ends."""
        return max(2, self.looks // 4)

    @property
    def network(self) -> str:
        """As "2 layers of 256 lstm units"."""
        layers = "1 layer" if self.layers == 1 else f"{self.layers} layers"
        return f"{layers} of {self.units} {self.cell} units"

    def notes(self, symbols: int) -> list[str]:
        """The same in sentences, for a text of so many symbols."""
        read = self.length * self.rows * self.steps
        return [
            f"the last {self.held_out:,} of {symbols:,} symbols are held out to judge by",
            f"{self.network}, dropout {self.dropout:g}, "
            f"{self.rows} rows in chunks of {self.steps} symbols with the state carried on",
            f"{read / (symbols - self.held_out):.1f} passes over the text, {self.length:,} steps, "
            f"learning rate {self.learning_rate:g}",
        ]


def held_out(symbols: int) -> int:
    """How many of a text's symbols are held out, at its end: a tenth, at most 20,000.

    Raises:
        DataError: If the text is too short.
    """
    if symbols < FEWEST:
        raise DataError(
            f"a text of {symbols:,} symbols", f"at least {FEWEST}", "give more text to learn from"
        )
    return min(MOST_HELD_OUT, symbols // 10)


def plan(learned: int, judged: int, kinds: int, wishes: Wishes) -> Plan:
    """The rules.

    Units grow with the cube root of the text's length, from 64 to the 384 that a million asks for,
    in steps of 32. 10 million symbols are read in all, so 10 passes over a million, but at most 40
    passes, and fewer where a large network or many kinds of symbols would make it take longer than
    about half an hour.

    Args:
        learned: The symbols that are learned from.
        judged: Those that are held out.
        kinds: V, how many different ones there are.
        wishes: What the user chose.
    """
    units = wishes.units or min(384, max(64, 32 * round(12 * (learned / 1e6) ** (1 / 3))))
    rows = min(32, max(1, learned // 1000))
    steps = min(100, max(10, learned // rows))
    chunks = math.ceil(learned / rows / steps)
    layers = wishes.layers or 2
    read = min(READ, WORK / _products(units, layers, kinds))
    passes = wishes.epochs or min(MOST_PASSES, read / learned)
    length = max(1, round(passes * chunks))
    return Plan(
        wishes.cell,
        units,
        layers,
        EMBEDDING,
        0.3,
        0.1,
        rows,
        steps,
        judged,
        length,
        min(length, max(10, math.ceil(passes))),
        wishes.learning_rate or 3e-3,
    )


def _products(units: int, layers: int, kinds: int) -> int:
    """The products that a symbol takes forwards, with the four matrices of an LSTM.

    Those that foretell count twice: the softmax over what they give takes as long again.
    """
    below = EMBEDDING + (layers - 1) * units
    return 4 * units * (below + layers * units) + 2 * units * kinds
