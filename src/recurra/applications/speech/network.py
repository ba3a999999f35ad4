"""The network: frames of sound to the probabilities of letters, at each step."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from recurra.applications.speech.pieces import cut, rejoined
from recurra.applications.speech.rules import Sizes
from recurra.applications.speech.spectrum import BANDS
from recurra.layers import Recurrent
from recurra.structures import EachToEach, ctc
from recurra.structures.heads import Categorical


class Network(nn.Module):
    """Reads frames, a few a step, both ways, and says at each step which letter is spoken, or none.

    Args:
        sizes: How large it is.
        letters: V, the blank among them.
    """

    def __init__(self, sizes: Sizes, letters: int) -> None:
        super().__init__()
        self.stack = sizes.stack
        reader = Recurrent(
            sizes.cell,
            BANDS * sizes.stack,
            sizes.units,
            sizes.layers,
            bidirectional=True,
            batch_first=True,
            dropout=sizes.dropout if sizes.layers > 1 else 0.0,
        )
        self.structure = EachToEach(reader, Categorical(reader.output_size, letters))
        self.dropout = nn.Dropout(sizes.dropout)

    def forward(self, seen: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """From what is seen of recordings to letters.

        Args:
            seen: (T_i, 40) each, B of them.

        Returns:
            Log-probabilities (B, S, V), and the steps of each, (B,): T_i / stack, rounded up.
        """
        steps, lengths = _steps(seen, self.stack)
        features = self.structure.features(steps, lengths)
        return self.structure.head(self.dropout(features)), lengths

    def loss(
        self, seen: Sequence[Tensor], texts: Sequence[Tensor], *, in_pieces: bool = False
    ) -> Tensor:
        """The mean negative log-probability of texts (U_i,), in nats a letter.

        Args:
            seen: (T_i, 40) each, B of them.
            texts: The letters of each.
            in_pieces: Whether each is read in pieces, cut at places drawn by chance.
        """
        if in_pieces:
            pieces, pieces_of_each = cut(seen, self.stack)
            told, steps = self(pieces)
            log_probs, lengths = rejoined(told, steps, pieces_of_each)
        else:
            log_probs, lengths = self(seen)
        targets = nn.utils.rnn.pad_sequence(list(texts), batch_first=True)
        counts = torch.tensor([len(one) for one in texts])
        every = ctc.loss(log_probs, targets, lengths, counts, reduction="sum")
        return every / counts.sum()


def _steps(seen: Sequence[Tensor], stack: int) -> tuple[Tensor, Tensor]:
    """Frames side by side, ``stack`` a step, zeros behind the last: (B, S, stack * 40) and (B,)."""
    lengths = torch.tensor([-(-len(one) // stack) for one in seen])
    together = seen[0].new_zeros(len(seen), int(lengths.max()) * stack, seen[0].shape[1])
    for row, one in zip(together, seen, strict=True):
        row[: len(one)] = one
    return together.view(len(seen), int(lengths.max()), -1), lengths
