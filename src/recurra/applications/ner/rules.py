"""What the amount of data says of how to learn from it, and how large a network is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recurra.options import check_training

FOLDS = 10
"""Parts of which each network holds one out."""

FEWEST = 20
"""Sentences below which nothing is held out."""

LONGEST = 200
"""The most tokens of a piece in training: longer sentences are cut."""

STEPS = 1200
"""Steps of the optimizer that a network of few sentences is trained for."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is hidden from it in training.

    Attributes:
        embedding: The numbers in a token's own vector.
        pieces: The numbers in the vector of its pieces; 0 for none.
        shape: The numbers in the vector of its shape: capitals, digits, marks; 0 for none.
        pairs: The numbers in the vectors of its pairs with its neighbours; 0 for none.
        word_dropout: The share of tokens whose own vector is hidden.
        units: H, of the layer in each direction.
        cell: Its cell, by name.
        buckets: How many buckets pieces of tokens share.
        dropout: The share of numbers in vectors and features that are hidden.
    """

    embedding: int
    pieces: int
    shape: int
    pairs: int
    word_dropout: float
    units: int = 128
    cell: str = "lstm"
    buckets: int = 20_000
    dropout: float = 0.5

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Wishes:
    """What the user chose; None for what the data say."""

    cell: str = "lstm"
    units: int | None = None
    embedding: int | None = None
    networks: int | None = None
    epochs: int | None = None
    batch_size: int | None = None
    learning_rate: float | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            embedding=self.embedding,
            networks=self.networks,
            epochs=self.epochs,
            batch_size=self.batch_size,
        )


@dataclass(frozen=True)
class Plan:
    """How networks are made and trained.

    Attributes:
        sizes: Of each.
        networks: How many answer together.
        least: How often a token must occur to have a vector of its own.
        epochs: Passes over the sentences, at most.
        patience: Passes without improvement after which a network's training ends.
        batch_size: Sentences a step, at most.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    networks: int
    least: int
    epochs: int
    patience: int
    batch_size: int
    learning_rate: float

    @property
    def notes(self) -> list[str]:
        """The same in sentences."""
        sizes = self.sizes
        return [
            f"{self.networks} network{'s' if self.networks > 1 else ''} of {sizes.units} "
            f"{sizes.cell} units each way, "
            f"{'answering together, ' if self.networks > 1 else ''}at most {self.epochs} passes "
            f"over the sentences in batches of {self.batch_size}, learning rate "
            f"{self.learning_rate:g}",
            "most tokens are letters of a script without spaces: read with the pairs that they "
            "make with their neighbours"
            if sizes.pairs
            else f"tokens are words: read with their pieces, in {sizes.buckets:,} buckets, and "
            "their shapes",
            f"{'letters and pairs' if sizes.pairs else 'words'} that occur "
            f"{'at least twice' if self.least > 1 else 'at all'} have vectors of their own",
        ]


def plan(sentences: int, by_letters: bool, wishes: Wishes) -> Plan:
    """The rules, for so many training sentences.

    Words are read with their pieces and their shapes. Where most tokens are single letters of a
    script without spaces, which have neither, the pairs of neighbours are read instead, which words
    there often are, and less is hidden.

    Batches are of 8 sentences up to 500, of 16 up to 3,000, of 32 up to 30,000, of 64 beyond;
    passes as many as make about 1,200 steps, from 4 to 50. Five networks answer together up to
    10,000 sentences, three up to 30,000, one beyond. Words that occur once get no vector of their
    own from 1,000 sentences on.
    """
    batch_size = wishes.batch_size or _batch_size(sentences)
    epochs = wishes.epochs or min(50, max(4, round(STEPS * batch_size / max(1, sentences))))
    networks = 5 if sentences <= 10_000 else 3 if sentences <= 30_000 else 1
    return Plan(
        _sizes(by_letters, wishes),
        wishes.networks or networks,
        1 if sentences < 1000 else 2,
        epochs,
        max(3, epochs // 2),
        batch_size,
        wishes.learning_rate or (3e-3 if by_letters else 2e-3),
    )


def _batch_size(sentences: int) -> int:
    if sentences <= 500:
        return 8
    if sentences <= 3000:
        return 16
    return 32 if sentences <= 30_000 else 64


def _sizes(by_letters: bool, wishes: Wishes) -> Sizes:
    size = wishes.embedding or 100
    parts = (0, 0, size) if by_letters else (size, 20, 0)
    return Sizes(size, *parts, 0.1 if by_letters else 0.3, wishes.units or 128, wishes.cell)
