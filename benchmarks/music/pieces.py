"""Pieces of music as piano rolls: which of 88 keys sound at each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from scipy.io import loadmat
from torch import Tensor

from recurra.training import LengthBuckets, padded

KEYS = 88

Pieces = Sequence[Tensor]


class Collection(NamedTuple):
    """The three parts as they are published, each piece (T, 88) of 0 and 1."""

    train: Pieces
    validation: Pieces
    test: Pieces


class Batch(NamedTuple):
    """Pieces side by side: from each step of ``x`` the same step of ``y`` is to be foretold.

    Attributes:
        x: All steps but the last, (B, T - 1, 88), 0 behind a piece's end.
        y: All steps but the first, (B, T - 1, 88).
        lengths: The steps of each, (B,).
    """

    x: Tensor
    y: Tensor
    lengths: Tensor


def read(path: Path) -> Collection:
    """The parts of a .mat file."""
    found = loadmat(path)
    parts = (found[f"{name}data"].ravel() for name in ("train", "valid", "test"))
    return Collection(*([torch.from_numpy(one).float() for one in part] for part in parts))


class Batches:
    """The pieces in batches of like length, in another order at each pass.

    Args:
        pieces: (T_i, 88) each.
        rows: The most pieces in a batch.
        seed: Of the order.
    """

    def __init__(self, pieces: Pieces, rows: int, seed: int) -> None:
        self._pieces = pieces
        self._buckets = LengthBuckets([len(one) for one in pieces], rows, seed=seed)

    def __iter__(self) -> Iterator[Batch]:
        """The batches of a pass."""
        for index in self._buckets:
            roll, lengths = padded(self._pieces, index)
            yield Batch(roll[:, :-1], roll[:, 1:], lengths - 1)
