"""Symbols: how likely they are, and how they are drawn."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from recurra.errors import OptionError, ShapeError
from recurra.kernels.tracing import holds
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.lengths import Lengths, checked, live_steps


def cross_entropy(scores: Tensor, targets: Tensor) -> Tensor:
    """The negative log-likelihood of each symbol: scores (..., V) and int64 (...) to (...).

    Raises:
        ShapeError: If a target is no symbol.
    """
    check_symbols(targets, scores.shape[-1])
    flat = functional.cross_entropy(scores.flatten(0, -2), targets.flatten(), reduction="none")
    return flat.view(targets.shape)


def check_symbols(targets: Tensor, vocabulary_size: int) -> None:
    """Refuses targets that are no symbols from 0 to V - 1.

    Raises:
        ShapeError: If one is not.
    """
    if targets.dtype != torch.int64:
        raise ShapeError(
            f"targets of type {targets.dtype}", "symbols: torch.int64", "targets.long()"
        )
    if not holds((targets >= 0) & (targets < vocabulary_size), "targets below V"):
        raise ShapeError(
            f"targets from {int(targets.min())} to {int(targets.max())}",
            f"symbols from 0 to {vocabulary_size - 1}",
            "leave padding out by lengths=, or make the head with a larger vocabulary_size",
        )


def drawn(log_probabilities: Tensor, generator: torch.Generator | None) -> Tensor:
    """A symbol for each step: (..., V) to int64 (...)."""
    probabilities = log_probabilities.flatten(0, -2).exp()
    symbols = torch.multinomial(probabilities, 1, generator=generator)
    return symbols.view(log_probabilities.shape[:-1])


@torch.no_grad()
def likeliest(log_probabilities: Tensor, lengths: Lengths | None) -> Decoded:
    """The likeliest symbol of each step by itself: (B, T, V) to (B, T), padded with -1.

    Raises:
        ShapeError: If the shape is another, or lengths do not fit.
    """
    if log_probabilities.dim() != 3:
        raise ShapeError(
            f"log-probabilities of shape {tuple(log_probabilities.shape)}",
            "(B, T, V)",
            "decode features of shape (B, T, F)",
        )
    rows, steps = log_probabilities.shape[:2]
    known = checked([steps] * rows if lengths is None else lengths, log_probabilities)
    live = live_steps(known, log_probabilities)
    scores, symbols = log_probabilities.max(-1)
    scores = torch.where(live, scores, 0).sum(1)
    return Decoded(symbols.masked_fill(~live, -1), known, scores)


def needs_symbols(head: Any) -> None:
    """Refuses a head that gives no log-probabilities of symbols.

    Raises:
        OptionError: If it does not.
    """
    if not hasattr(head, "vocabulary_size"):
        raise OptionError(
            f"a step to the next symbol with the head {type(head).__name__}",
            "a head of symbols: Categorical, TiedCategorical or AdaptiveCategorical",
            "vectors are drawn by generate()",
        )
