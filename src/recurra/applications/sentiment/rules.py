"""What the amount of data says of how to learn from it, and how large a network is."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from recurra.options import check_training

FOLDS = 10
"""Parts of which each network holds one out."""

FEWEST = 20
"""Texts below which nothing is held out."""

LONGEST = 256
"""The most tokens read of a text, half from its beginning and half from its end."""

STEPS = 900
"""Steps of the optimizer that a network of few texts is trained for."""


@dataclass(frozen=True)
class Sizes:
    """How large a network is, and how much of what it sees is hidden from it in training.

    Attributes:
        embedding: The numbers in a token's own vector, and in that of its pieces.
        pairs: The numbers in the vector of its pairs with its neighbours; 0 for none.
        units: H, of the layer in each direction.
        cell: Its cell, by name.
        buckets: How many buckets pieces of tokens share, and pairs as many.
        word_dropout: The share of tokens whose own vector is hidden.
        dropout: The share of numbers in vectors and features that are hidden.
    """

    embedding: int = 100
    pairs: int = 0
    units: int = 100
    cell: str = "lstm"
    buckets: int = 20_000
    word_dropout: float = 0.3
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
    longest: int | None = None

    def __post_init__(self) -> None:
        check_training(
            learning_rate=self.learning_rate,
            units=self.units,
            embedding=self.embedding,
            networks=self.networks,
            epochs=self.epochs,
            batch_size=self.batch_size,
            longest=self.longest,
        )


@dataclass(frozen=True)
class Plan:
    """How networks are made and trained.

    Attributes:
        sizes: Of each.
        networks: How many are averaged.
        least: How often a token must occur to have a vector of its own.
        longest: The most tokens read of a text.
        epochs: Passes over the texts, at most.
        patience: Passes without improvement after which a network's training ends.
        batch_size: Texts a step, at most.
        learning_rate: The peak of the learning rate.
    """

    sizes: Sizes
    networks: int
    least: int
    longest: int
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
            f"{'averaged, ' if self.networks > 1 else ''}at most {self.epochs} passes over the "
            f"texts in batches of {self.batch_size}, learning rate {self.learning_rate:g}",
            "most tokens are letters of a script without spaces: pairs of neighbours are read too"
            if sizes.pairs
            else "tokens are words",
            f"tokens that occur {'at least twice' if self.least > 1 else 'at all'} have vectors of "
            f"their own; all have those of their pieces, in {sizes.buckets:,} buckets",
        ]


def plan(texts: int, by_letters: bool, wishes: Wishes) -> Plan:
    """The rules, for so many training texts.

    Pairs of neighbours are read where most tokens are single letters of a script without spaces,
    whose words they often are; pairs of words would be too rare to learn from.

    Passes: as many as make about 900 steps, from 4 to 30. Five networks are averaged up to 20,000
    texts, three up to 100,000, one beyond, where more texts make them more alike than chance makes
    them differ. Tokens that occur once get no vector of their own from 1,000 texts on.
    """
    batch_size = wishes.batch_size or (32 if texts <= 50_000 else 64)
    epochs = wishes.epochs or min(30, max(4, round(STEPS * batch_size / max(1, texts))))
    networks = 5 if texts <= 20_000 else 3 if texts <= 100_000 else 1
    return Plan(
        Sizes(
            embedding := wishes.embedding or 100,
            pairs=embedding if by_letters else 0,
            units=wishes.units or 100,
            cell=wishes.cell,
        ),
        wishes.networks or networks,
        1 if texts < 1000 else 2,
        wishes.longest or LONGEST,
        epochs,
        max(2, epochs // 4),
        batch_size,
        wishes.learning_rate or 2e-3,
    )
