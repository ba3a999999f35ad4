"""What a decoder found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A sequence of symbols for each row.

    Attributes:
        symbols: (B, L) int64, L the length of the longest; behind a row's end stands what the
            decoder names as its padding.
        lengths: How many symbols each row has, (B,) int64. An end mark counts.
        scores: By what each row was chosen, (B,): the higher the better, as the decoder says.
    """

    symbols: Tensor
    lengths: Tensor
    scores: Tensor

    def __len__(self) -> int:
        return self.symbols.shape[0]

    def sequences(self) -> list[list[int]]:
        """Each row's symbols without padding."""
        cut = zip(self.symbols.tolist(), self.lengths.tolist(), strict=True)
        return [row[:length] for row, length in cut]

    def ended(self, end: int) -> Tensor:
        """Which rows end with the end mark, (B,) booleans: the others were cut off.

        Args:
            end: The end mark.
        """
        if not self.symbols.shape[1]:
            return torch.zeros_like(self.lengths, dtype=torch.bool)
        last = self.symbols.gather(1, (self.lengths - 1).clamp(min=0).unsqueeze(1)).squeeze(1)
        return (last == end) & (self.lengths > 0)


def as_decoded(
    found: Sequence[tuple[Sequence[int], float]], padding: int, *, like: Tensor
) -> Decoded:
    """Sequences and their scores as one batch.

    Args:
        found: A sequence and its score for each row.
        padding: Stands behind a row's end.
        like: Has the scores' type, and the device of all.
    """
    longest = max((len(sequence) for sequence, _ in found), default=0)
    rows = [[*sequence, *[padding] * (longest - len(sequence))] for sequence, _ in found]
    return Decoded(
        torch.tensor(rows, dtype=torch.int64, device=like.device).reshape(len(rows), longest),
        torch.tensor([len(s) for s, _ in found], dtype=torch.int64, device=like.device),
        torch.tensor([score for _, score in found], dtype=like.dtype, device=like.device),
    )
