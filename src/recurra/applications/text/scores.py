"""How surprising a text is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Surprise:
    """What a model thinks of a text.

    Attributes:
        nats: The negative log-likelihood of all of it.
        characters: How many it has, at least 1.
        symbols: How many symbols the model read it as.
        unknown: How many of its characters the model does not know; of each it was only asked that.
        frequency: The nats of all of it if each symbol had the probability that its frequency in
            the training text gives it, whatever came before.
    """

    nats: float
    characters: int
    symbols: int
    unknown: int
    frequency: float

    @property
    def nats_per_character(self) -> float:
        """The mean over characters, in nats."""
        return self.nats / self.characters

    @property
    def bits_per_character(self) -> float:
        """The same in bits."""
        return self.nats_per_character / math.log(2)

    @property
    def perplexity(self) -> float:
        """Among how many equally likely symbols each would be as surprising."""
        return math.exp(self.nats / self.symbols)

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "nats_per_character": self.nats_per_character,
            "bits_per_character": self.bits_per_character,
            "perplexity_per_symbol": self.perplexity,
            "characters": self.characters,
            "symbols": self.symbols,
            "unknown_characters": self.unknown,
            "nats_per_character_by_frequency": self.frequency / self.characters,
        }
