"""Symbols and their numbers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import torch
from torch import Tensor

from recurra.errors import ModelFileError

UNKNOWN = 0
"""The number of every symbol that is not in the vocabulary."""


class Vocabulary:
    """Symbols with numbers from 1 on; 0 is for every other.

    Args:
        symbols: All different.
    """

    def __init__(self, symbols: Sequence[str]) -> None:
        self.symbols = tuple(symbols)

    @classmethod
    def of(cls, found: Iterable[str], *, least: int = 1, most: int | None = None) -> Vocabulary:
        """The symbols that occur at least so often, the most frequent first.

        Args:
            found: The symbols, as often as they occur.
            least: How often one must occur, at least 1.
            most: How many are kept; all if None.
        """
        counted = Counter(found)
        # The alphabet decides between equals, so that the order of a file does not.
        order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
        return cls([symbol for symbol, count in order if count >= least][:most])

    def __len__(self) -> int:
        """How many numbers there are, that of the unknown included."""
        return len(self.symbols) + 1

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each symbol's number."""
        return {symbol: number for number, symbol in enumerate(self.symbols, start=1)}

    def numbers_of(self, symbols: Iterable[str]) -> list[int]:
        """The numbers of symbols, 0 for those that are not in it."""
        known = self.numbers
        return [known.get(symbol, UNKNOWN) for symbol in symbols]

    def to_tensor(self) -> Tensor:
        """The symbols as bytes, uint8 (N,), for a model's file: its header holds no long lists."""
        return torch.frombuffer(bytearray(json.dumps(self.symbols).encode()), dtype=torch.uint8)

    @classmethod
    def from_tensor(cls, tensor: Tensor) -> Vocabulary:
        """Reads what :meth:`to_tensor` made.

        Raises:
            ModelFileError: If it is damaged.
        """
        try:
            symbols = json.loads(tensor.numpy().tobytes())
        except ValueError as error:
            raise ModelFileError("a vocabulary that is damaged", "JSON in bytes") from error
        if not isinstance(symbols, list) or not all(isinstance(one, str) for one in symbols):
            raise ModelFileError("a vocabulary that is damaged", "a list of texts")
        return cls(symbols)
