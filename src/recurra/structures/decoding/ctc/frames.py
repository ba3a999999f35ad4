"""The log-probabilities of a batch's labels at each step, checked."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.errors import OptionError, ShapeError
from recurra.options import whole
from recurra.structures.decoding.stepwise import check_log_probs
from recurra.structures.lengths import Lengths, checked, live_steps


def frames(log_probs: Tensor, lengths: Lengths | None, blank: int) -> tuple[Tensor, Tensor, Tensor]:
    """The log-probabilities, 0 in padding; which steps are there, (B, T); and the lengths, (B,).

    Args:
        log_probs: (B, T, V).
        lengths: (B,); T if None.
        blank: From 0 to V - 1.

    Raises:
        DataError: If there is NaN, or a number above 0.
        OptionError: If the blank is no label.
        ShapeError: If a tensor does not fit.
    """
    if log_probs.dim() != 3 or not log_probs.is_floating_point() or log_probs.shape[2] < 1:
        raise ShapeError(
            f"log-probabilities of shape {tuple(log_probs.shape)} and type {log_probs.dtype}",
            "(B, T, V), V at least 1",
            "a single sequence (T, V) becomes a batch of one by log_probs.unsqueeze(0)",
        )
    rows, steps, size = log_probs.shape
    if whole("blank", blank, 0) >= size:
        raise OptionError(f"blank={blank} for {size} labels", f"a number from 0 to {size - 1}")
    known = checked(torch.full((rows,), steps) if lengths is None else lengths, log_probs)
    live = live_steps(known, log_probs)
    # Padding may be NaN, and must not touch the rest nor its gradient.
    found = torch.where(live.unsqueeze(2), log_probs, 0.0)
    check_log_probs(found)
    return found, live, known
