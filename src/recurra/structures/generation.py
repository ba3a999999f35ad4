"""Sequences of vectors, written step by step. Those of symbols are decoding's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.structures.heads import Head

S = TypeVar("S")


class Advancing(Protocol[S]):
    """What writes one step after another.

    Attributes:
        head: What draws a step from the features.
    """

    head: Head

    def advance(self, inputs: Tensor, state: S) -> tuple[Tensor, S]:
        """One step: what was written last, (B, D), and a state to (B, F) and the state after."""
        ...


@dataclass(frozen=True, slots=True)
class Generated:
    """Sequences of vectors.

    Attributes:
        vectors: (B, T, D), 0 behind a row's end.
        lengths: How many steps each row has, its last one included, int64 (B,).
    """

    vectors: Tensor
    lengths: Tensor


@torch.no_grad()
def generate(
    model: Advancing[S],
    first: Tensor,
    state: S,
    *,
    max_length: int,
    ends: Callable[[Tensor], Tensor] | None = None,
    generator: torch.Generator | None = None,
) -> Generated:
    """Draws sequences of vectors from a model, each step read at the next.

    Dropout and what else chances in training happen here too unless the model is in evaluation
    mode (``model.eval()``).

    Args:
        model: A structure whose head draws vectors.
        first: What is read first, (B, D): zeros, or the last vector known.
        state: Where it starts, as its ``start`` gives it.
        max_length: The most steps written, at least 1.
        ends: Whether a vector (B, D) is a row's last, (B,); None if only the length ends a row.
        generator: Where chance comes from, on the model's device; torch's own if None.

    Raises:
        OptionError: If ``max_length`` is out of range.
    """
    if max_length < 1:
        raise OptionError(f"max_length={max_length!r}", "a whole number of at least 1")
    live = first.new_ones(len(first), dtype=torch.bool)
    lengths = first.new_zeros(len(first), dtype=torch.int64)
    written: list[Tensor] = []
    while len(written) < max_length and bool(live.any()):
        features, state = model.advance(first, state)
        first = model.head.sample(features, generator)
        written.append(torch.where(live.unsqueeze(-1), first, 0))
        lengths += live
        live = live if ends is None else live & ~ends(first)
    return Generated(torch.stack(written, 1), lengths)
