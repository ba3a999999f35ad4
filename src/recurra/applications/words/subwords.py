"""Pieces of words, learned from texts: byte-pair encoding, by the library tokenizers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from recurra.errors import ModelFileError, OptionError
from recurra.libraries import library

BYTES = 256
"""The fewest pieces there can be: one a byte, so that every text can be written in them."""


class Subwords:
    """Pieces of words and their numbers: Sennrich, Haddow & Birch 2016 (arXiv:1508.07909).

    They are pieces of UTF-8 bytes, so none is unknown and any text comes out as it went in.

    Args:
        tokenizer: Of the library tokenizers.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    @classmethod
    def of(cls, texts: Iterable[str], size: int) -> Subwords:
        """Learns at most so many pieces from texts, joining what stands together most often.

        Raises:
            OptionError: If ``size`` is below 256, or tokenizers is not installed.
        """
        if size < BYTES:
            raise OptionError(f"{size} subwords", f"at least {BYTES}, one for each byte")
        library = _library()
        tokenizer = library.Tokenizer(library.models.BPE())
        tokenizer.pre_tokenizer = library.pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = library.decoders.ByteLevel()
        trainer = library.trainers.BpeTrainer(
            vocab_size=size,
            show_progress=False,
            initial_alphabet=library.pre_tokenizers.ByteLevel.alphabet(),
        )
        tokenizer.train_from_iterator(texts, trainer)
        return cls(tokenizer)

    def __len__(self) -> int:
        """How many pieces there are."""
        return int(self._tokenizer.get_vocab_size())

    def encode(self, text: str) -> list[int]:
        """The numbers of a text's pieces, from 0."""
        return list(self._tokenizer.encode(text).ids)

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of pieces; bytes that are no UTF-8 together become U+FFFD."""
        return str(self._tokenizer.decode(list(numbers)))

    def to_tensor(self) -> Tensor:
        """All that was learned as bytes, uint8 (N,), for a model's file."""
        return torch.frombuffer(bytearray(self._tokenizer.to_str().encode()), dtype=torch.uint8)

    @classmethod
    def from_tensor(cls, tensor: Tensor) -> Subwords:
        """Reads what :meth:`to_tensor` made.

        Raises:
            ModelFileError: If it is damaged.
            OptionError: If tokenizers is not installed.
        """
        library = _library()
        try:
            return cls(library.Tokenizer.from_str(tensor.numpy().tobytes().decode()))
        # The library raises Exception itself.
        except Exception as error:
            raise ModelFileError("subwords that are damaged", "as tokenizers wrote them") from error


def _library() -> Any:
    return library("tokenizers", package="tokenizers", use="subwords", extra="text")
