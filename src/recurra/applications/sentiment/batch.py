"""Texts side by side, as the network reads them."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from recurra.applications.words import Lexicon, Read
from recurra.training import padded


class Batch(NamedTuple):
    """B texts of at most T tokens, of K kinds in all.

    Attributes:
        words: Each token's number in the vocabulary, (B, T); 0 behind a text's end.
        kinds: Each token's kind, (B, T), from 0 to K - 1.
        grams: The buckets of the kinds' pieces, one kind after the other, (G,).
        begins: Where each kind's begin among them, (K,).
        before: The bucket of each token and the one before it, (B, T).
        after: Likewise with the one after it.
        lengths: The tokens of each text, (B,).
    """

    words: Tensor
    kinds: Tensor
    grams: Tensor
    begins: Tensor
    before: Tensor
    after: Tensor
    lengths: Tensor


def batch(read: Read, lexicon: Lexicon, index: Tensor, most: int) -> Batch:
    """Some of many texts.

    Args:
        read: The texts.
        lexicon: What read them.
        index: Which of them, (B,).
        most: The most tokens that are taken of a text: half from its beginning, half from its end.
    """
    kinds, lengths = padded([shortened(read.texts[i], most) for i in index.tolist()], _all(index))
    # A batch without a single token still has a step to be padded.
    kinds = kinds if kinds.shape[1] else kinds.new_zeros(len(index), 1)
    live = torch.arange(kinds.shape[1]) < lengths.unsqueeze(1)
    distinct, places = torch.unique(kinds[live], return_inverse=True)
    here = torch.zeros_like(kinds).masked_scatter(live, places)
    words = torch.zeros_like(kinds).masked_scatter(live, read.words[distinct][places])
    stamps = torch.zeros_like(kinds).masked_scatter(live, read.stamps[distinct][places])
    grams, begins = _pieces(read, distinct)
    edge = torch.zeros(len(index), 1, dtype=torch.int64)
    pairs = lexicon.pairs(torch.cat([edge, stamps, edge], 1))
    return Batch(words, here, grams, begins, pairs[:, :-1], pairs[:, 1:], lengths)


def shortened(text: Tensor, most: int) -> Tensor:
    """A text (T,) of at most so many tokens: the first half of them and the last."""
    if len(text) <= most:
        return text
    return torch.cat([text[: most - most // 2], text[len(text) - most // 2 :]])


def _all(index: Tensor) -> Tensor:
    return torch.arange(len(index))


def _pieces(read: Read, kinds: Tensor) -> tuple[Tensor, Tensor]:
    """The pieces of some kinds, and where each kind's begin."""
    first, counts = read.begins[kinds], read.begins[kinds + 1] - read.begins[kinds]
    begins = counts.cumsum(0) - counts
    places = torch.arange(int(counts.sum())) + (first - begins).repeat_interleave(counts)
    return read.grams[places], begins
