"""Training on a model's own words, now and then."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor

from recurra.errors import OptionError
from recurra.structures.generation import Advancing

S = TypeVar("S")


def scheduled_sampling(
    model: Advancing[S],
    inputs: Tensor,
    state: S,
    teacher_forcing: float,
    generator: torch.Generator | None = None,
) -> Tensor:
    """What answers are made of when a model reads, in part, what it has answered itself.

    Bengio, Vinyals, Jaitly & Shazeer 2015 (arXiv:1506.03099), section 2.4: at each step after the
    first a coin is tossed for each row, between the true input and one drawn from the model's
    distribution at the step before. No gradient passes what is drawn. A call of the layer for each
    step.

    Args:
        model: What takes the steps, and draws.
        inputs: The true ones, (B, T) symbols or (B, T, D) vectors, T at least 1.
        state: Before the first step.
        teacher_forcing: The share of true inputs, from 0 to 1; in the paper it falls as training
            goes on.
        generator: Where chance comes from, on the inputs' device; torch's own if None.

    Returns:
        (B, T, F).
    """
    now, features = inputs[:, 0], []
    for step in range(inputs.shape[1]):
        found, state = model.advance(now, state)
        features.append(found)
        if step + 1 < inputs.shape[1]:
            own = model.head.sample(found.detach(), generator).to(inputs.dtype)
            chance = torch.rand(len(own), generator=generator, device=own.device)
            true = (chance < teacher_forcing).view(-1, *[1] * (own.dim() - 1))
            now = torch.where(true, inputs[:, step + 1], own)
    return torch.stack(features, 1)


def check_share(teacher_forcing: float) -> None:
    """Refuses what is no share.

    Raises:
        OptionError: If it is not from 0 to 1.
    """
    if not 0 <= teacher_forcing <= 1:
        raise OptionError(
            f"teacher_forcing={teacher_forcing!r}",
            "the share of true inputs, from 0 to 1",
            "1 for all true, 0 for all the model's own but the first",
        )
