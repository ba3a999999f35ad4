"""A piece of which the model is given the start and writes the rest."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from recurra import EachToEach
from recurra.structures import generate


@dataclass(frozen=True)
class Continued:
    """Two ways on from one start.

    Attributes:
        given: How many steps the model was shown.
        composed: The piece as its composer wrote it, (T, 88).
        written: The same start, then what the model drew, (T, 88).
    """

    given: int
    composed: Tensor
    written: Tensor


def continued(model: EachToEach, piece: Tensor, given: int, seed: int) -> Continued:
    """Shows the model the first steps; all further ones are drawn, each read at the next."""
    start = piece[None, :given]
    with torch.no_grad():
        state = model.start(start[:, :-1])
    drawn = generate(
        model,
        start[:, -1],
        state,
        max_length=len(piece) - given,
        generator=torch.Generator().manual_seed(seed),
    )
    return Continued(given, piece, torch.cat([piece[:given], drawn.vectors[0]]))
