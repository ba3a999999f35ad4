"""The labels that the likeliest alignment says."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.structures.decoding.ctc.frames import frames
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.lengths import Lengths


@torch.no_grad()
def greedy(log_probs: Tensor, lengths: Lengths | None = None, *, blank: int = 0) -> Decoded:
    """Best path decoding (Graves et al. 2006, eq. 4): what the likeliest alignment says.

    Other labels may be likelier, as the sum of many alignments.

    Args:
        log_probs: The log-probability of each label at each step, (B, T, V).
        lengths: The length of each row, (B,), from 0 to T; T if None.
        blank: The label that stands for none.

    Returns:
        The labels, padded with the blank; a row's score is the log-probability of the alignment.

    Raises:
        DataError: If what should be log-probabilities are none.
        OptionError: If the blank is no label.
        ShapeError: If a tensor does not fit.
    """
    log_probs, live, _ = frames(log_probs, lengths, blank)
    values, labels = log_probs.max(dim=2)
    scores = values.masked_fill(~live, 0.0).sum(dim=1)
    is_said = live & (labels != blank)
    is_said[:, 1:] &= labels[:, 1:] != labels[:, :-1]
    counts = is_said.sum(dim=1)
    longest = int(counts.max()) if len(counts) else 0
    # What is not said comes last, and what is keeps its order.
    order = (~is_said).to(torch.int8).argsort(dim=1, stable=True)[:, :longest]
    said = labels.gather(1, order)
    padding = torch.arange(longest, device=said.device) >= counts.unsqueeze(1)
    return Decoded(said.masked_fill(padding, blank), counts, scores)
