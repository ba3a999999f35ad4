"""Greedy decoding: the likeliest symbol at every step."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.structures.decoding.decoded import Decoded
from recurra.structures.decoding.rollout import rollout
from recurra.structures.decoding.stepwise import S, Stepwise


@torch.no_grad()
def greedy(
    model: Stepwise[S], start: Tensor, state: S, *, end: int | None, max_length: int
) -> Decoded:
    """The likeliest symbol at every step, which need not make the likeliest sequence.

    Args:
        model: Says what may follow; in evaluation mode, if it has dropout.
        start: What each row reads first, (B,) int64.
        state: What the model starts from, for B rows.
        end: The end mark, which ends a row and counts as its last symbol; None if there is none.
        max_length: The most symbols a row gets, end mark included; at least 0.

    Returns:
        The symbols, padded with the end mark; a row's score is its log-probability.

    Raises:
        DataError: If the model gives NaN, numbers above 0, or no possible symbol.
        OptionError: If an option is out of range.
        ShapeError: If a tensor does not fit.
    """

    def likeliest(log_probs: Tensor, _: int) -> Tensor:
        return log_probs.argmax(dim=1)

    return rollout(model, start, state, likeliest, end=end, max_length=max_length)
