"""Texts side by side, long ones shortened."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.applications.words import Batch, Lexicon, Read, side_by_side


def batch(read: Read, lexicon: Lexicon, index: Tensor, most: int) -> Batch:
    """Some of many texts.

    Args:
        read: The texts.
        lexicon: What read them.
        index: Which of them, (B,).
        most: The most tokens that are taken of a text: half from its beginning, half from its end.
    """
    return side_by_side(read, lexicon, [shortened(read.texts[i], most) for i in index.tolist()])


def shortened(text: Tensor, most: int) -> Tensor:
    """A text (T,) of at most so many tokens: the first half of them and the last."""
    if len(text) <= most:
        return text
    return torch.cat([text[: most - most // 2], text[len(text) - most // 2 :]])
