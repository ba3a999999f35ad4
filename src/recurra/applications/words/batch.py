"""Texts side by side, as networks read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from recurra.applications.words.lexicon import Lexicon, Read
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
        distinct: Each kind's number among all that were read, (K,).
    """

    words: Tensor
    kinds: Tensor
    grams: Tensor
    begins: Tensor
    before: Tensor
    after: Tensor
    lengths: Tensor
    distinct: Tensor


def side_by_side(read: Read, lexicon: Lexicon, texts: Sequence[Tensor]) -> Batch:
    """Some texts as a batch.

    Args:
        read: What they were read with.
        lexicon: What read them.
        texts: The kinds of each one's tokens, (T_i,), B of them.
    """
    kinds, lengths = padded(texts, torch.arange(len(texts)))
    # A batch without a single token still has a step to be padded.
    kinds = kinds if kinds.shape[1] else kinds.new_zeros(len(texts), 1)
    live = torch.arange(kinds.shape[1]) < lengths.unsqueeze(1)
    distinct, places = torch.unique(kinds[live], return_inverse=True)
    here = torch.zeros_like(kinds).masked_scatter(live, places)
    words = torch.zeros_like(kinds).masked_scatter(live, read.words[distinct][places])
    stamps = torch.zeros_like(kinds).masked_scatter(live, read.stamps[distinct][places])
    grams, begins = _pieces(read, distinct)
    edge = torch.zeros(len(texts), 1, dtype=torch.int64)
    pairs = lexicon.pairs(torch.cat([edge, stamps, edge], 1))
    return Batch(words, here, grams, begins, pairs[:, :-1], pairs[:, 1:], lengths, distinct)


def _pieces(read: Read, kinds: Tensor) -> tuple[Tensor, Tensor]:
    """The pieces of some kinds, and where each kind's begin."""
    first, counts = read.begins[kinds], read.begins[kinds + 1] - read.begins[kinds]
    begins = counts.cumsum(0) - counts
    places = torch.arange(int(counts.sum())) + (first - begins).repeat_interleave(counts)
    return read.grams[places], begins
