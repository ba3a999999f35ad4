"""What the recordings say of how to learn from them, and how large a network is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from recurra.errors import OptionError
from recurra.options import check_training

FEWEST = 20
"""Recordings below which nothing is held out."""

PARTS, MOST = 10, 1000
"""One recording in so many is held out, and at most so many."""

STEPS = 8000
"""Steps of the optimizer that a training has, as far as passes allow."""

BATCHES, LARGEST = {1: 50, 2: 100, 4: 200, 8: 500, 16: 5000}, 32
"""Recordings a step, and up to how many recordings it is so; and beyond."""

CUTS = 0.5
"""The share of steps in which recordings of several words are read in pieces."""

RATES = (16_000, 8_000)
"""Samples a second at which sound is heard."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is hidden from it in training.

    Attributes:
        units: H, of each layer in each direction.
        layers: One above the other.
        cell: Their cell, by name.
        stack: Frames that are read at a step.
        dropout: The share of numbers between layers and before the answer that are hidden.
    """

    units: int = 96
    layers: int = 2
    cell: str = "lstm"
    stack: int = 2
    dropout: float = 0.2

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the recordings say."""

    cell: str = "lstm"
    units: int | None = None
    layers: int | None = None
    joins: float | None = None
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
        if self.joins is not None and not 0 <= self.joins <= 1:
            raise OptionError(f"joins={self.joins!r}", "a share from 0 to 1")


@dataclass(frozen=True)
class Plan:
    """How a network is made and trained.

    Attributes:
        sizes: Of the network.
        joins: The share of steps in which recordings are joined to longer ones.
        cuts: The share of steps in which they are read in pieces.
        epochs: Passes over the recordings, at most.
        patience: Passes without improvement after which the training ends.
        batch_size: Recordings a step, at most.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    joins: float
    cuts: float
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        sizes = self.sizes
        layers = "a layer" if sizes.layers == 1 else f"{sizes.layers} layers"
        return [
            f"a network of {layers} of {sizes.units} {sizes.cell} units each way, at most "
            f"{self.epochs} passes over the recordings in batches of {self.batch_size}, learning "
            f"rate {self.learning_rate:g}",
            *(
                [
                    f"in {self.joins:.0%} of the steps recordings are joined to strings of two to "
                    "five, so that strings are read too"
                ]
                if self.joins
                else []
            ),
            *(
                [
                    f"in {self.cuts:.0%} of the steps recordings are read in pieces of 0.5 to 1.5 "
                    "s, so that words are told by what is heard and not by their place"
                ]
                if self.cuts
                else []
            ),
        ]


@dataclass(frozen=True)
class Amount:
    """What there is to learn from.

    Attributes:
        recordings: How many.
        words: Of a text, the mean.
        room: Of each recording, how many frames it has for each step that its text needs.
    """

    recordings: int
    words: float
    room: Sequence[float]


def plan(amount: Amount, wishes: Wishes) -> Plan:
    """The rules.

    Batches are of 1 recording up to 50, of 2 up to 100, of 4 up to 200, of 8 up to 500, of 16 up to
    5,000, else of 32: where there is little to learn from, small steps find out sooner. As many
    passes as make about 8,000 steps, from 10 to 300. As many frames of 10 ms are read at a step as
    leave three steps for each that a text needs, in half of the recordings; but no more than three,
    nor more than leave one in 99 of 100. Where most texts are single words, recordings are joined
    in every second step: words of which each was spoken by itself are then read in a string too.
    Where texts have several words, recordings are read in pieces in every second step.
    """
    count = amount.recordings
    batch_size = wishes.batch_size or next(
        (size for size, most in BATCHES.items() if count <= most), LARGEST
    )
    epochs = wishes.epochs or min(300, max(10, round(STEPS * batch_size / max(1, count))))
    joins = (0.5 if amount.words < 1.5 else 0.0) if wishes.joins is None else wishes.joins
    return Plan(
        Sizes(wishes.units or 96, wishes.layers or 2, wishes.cell, _frames_a_step(amount.room)),
        joins,
        0.0 if amount.words < 1.5 else CUTS,
        epochs,
        max(5, epochs // 2),
        batch_size,
        wishes.learning_rate or 4e-3,
    )


def _frames_a_step(room: Sequence[float]) -> int:
    usual, tight = (float(one) for one in np.quantile([*room] or [0.0], (0.5, 0.01)))
    return max(1, min(3, int(usual / 3), int(tight)))


def rate_for(rates: list[int]) -> int:
    """At how many samples a second recordings are heard.

    16,000, or 8,000 where a tenth of them or more have fewer than 16,000: what lies higher is then
    not there to be learned.

    Args:
        rates: Of each recording.
    """
    fewer = sum(rate < RATES[0] for rate in rates)
    return RATES[1] if 10 * fewer >= len(rates) else RATES[0]
