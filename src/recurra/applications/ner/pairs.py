"""Which neighbours stand together often: in scripts without spaces they are often a word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from recurra.applications.words import Read


@dataclass(frozen=True)
class Pairs:
    """Pairs of neighbours that have a number, from 1 on; 0 is for every other.

    Attributes:
        codes: What tells them apart, of the stamps of both, int64 (P,), ascending.
    """

    codes: Tensor

    @classmethod
    def of(cls, read: Read, least: int) -> Self:
        """Those that occur at least so often, a text's ends among the neighbours."""
        edge = torch.zeros(1, dtype=torch.int64)
        every = [_codes(torch.cat([edge, read.stamps[text], edge])) for text in read.texts]
        codes, counts = torch.unique(torch.cat(every), return_counts=True)
        return cls(codes[counts >= least])

    @classmethod
    def none(cls) -> Self:
        """No pair."""
        return cls(torch.zeros(0, dtype=torch.int64))

    def __len__(self) -> int:
        """How many numbers there are, that of the others included."""
        return len(self.codes) + 1

    def numbers(self, stamps: Tensor) -> Tensor:
        """The numbers of neighbours' pairs: stamps (..., T), 0 for an end, to (..., T - 1)."""
        codes = _codes(stamps)
        if not len(self.codes):
            return torch.zeros_like(codes)
        places = torch.searchsorted(self.codes, codes).clamp(max=len(self.codes) - 1)
        return (places + 1) * (self.codes[places] == codes)


def _codes(stamps: Tensor) -> Tensor:
    # Two numbers of 32 bits make one of 64; that it may be below 0 does not matter.
    return (stamps[..., :-1] << 32) | stamps[..., 1:]
