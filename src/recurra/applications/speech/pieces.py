"""Recordings that are read in pieces in training, so that a letter is told by what is heard there.

A network that reads all of a recording both ways may go by the place of a word in it: where all
that it learned from begin with the same word it would tell that word first, whatever is spoken.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

LENGTHS = (50, 150)
"""Frames of a piece, at least and at most."""


def cut(seen: Sequence[Tensor], stack: int) -> tuple[list[Tensor], list[int]]:
    """Cuts recordings at places drawn by chance.

    Args:
        seen: (T_i, 40) each, B of them.
        stack: Frames a step; pieces are of whole steps, but for the last of a recording.

    Returns:
        The pieces, in order, and how many each recording has.
    """
    least, most = (length // stack for length in LENGTHS)
    pieces: list[Tensor] = []
    counts = []
    for one in seen:
        begin, before = 0, len(pieces)
        while begin < len(one):
            end = begin + stack * int(torch.randint(least, most + 1, ()))
            pieces.append(one[begin:end])
            begin = end
        counts.append(len(pieces) - before)
    return pieces, counts


def rejoined(log_probs: Tensor, lengths: Tensor, counts: Sequence[int]) -> tuple[Tensor, Tensor]:
    """What was told of pieces as what is told of recordings.

    Args:
        log_probs: Of pieces, (P, S, V).
        lengths: The steps of each, (P,).
        counts: How many pieces each recording has, B of them.

    Returns:
        (B, S', V), and the steps of each, (B,).
    """
    rows = [row[:length] for row, length in zip(log_probs, lengths.tolist(), strict=True)]
    places = [0, *torch.tensor(counts).cumsum(0).tolist()]
    whole = [torch.cat(rows[first:last]) for first, last in pairwise(places)]
    return pad_sequence(whole, batch_first=True), torch.tensor([len(one) for one in whole])
