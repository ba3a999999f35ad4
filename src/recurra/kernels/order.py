"""The orders in which the steps of a batch are read, and the way back from each."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def running(lengths: Tensor, steps: int) -> Tensor:
    """Whether each row has not yet ended at each step, (T, B)."""
    return torch.arange(steps, device=lengths.device).unsqueeze(1) < lengths


def mirror(values: Tensor, lengths: Tensor | None) -> Tensor:
    """Each row from its own end to its start; what comes after its end stays. Its own inverse.

    Args:
        values: (T, B, ...).
        lengths: The length of each row, (B,); None if all have T.
    """
    if lengths is None:
        return values.flip(0)
    t = torch.arange(values.shape[0], device=lengths.device).unsqueeze(1)
    index = torch.where(t < lengths, lengths - 1 - t, t)
    index = index.view(*index.shape, *[1] * (values.dim() - 2))
    return values.gather(0, index.expand(values.shape))


def following(values: Tensor, lengths: Tensor | None) -> Tensor:
    """At each step what belongs to the step after it, 0 at a row's last.

    What is said of the way from one step to the next, a time or a reset, is met one step earlier
    by who comes from the other side.

    Args:
        values: (T, B, ...).
        lengths: The length of each row, (B,); None if all have T.
    """
    shifted = torch.cat([values[1:], torch.zeros_like(values[:1])])
    if lengths is None:
        return shifted
    inside = running(lengths - 1, values.shape[0])
    inside = inside.view(*inside.shape, *[1] * (values.dim() - 2))
    return torch.where(inside, shifted, torch.zeros_like(shifted))


def dilate(values: Tensor, dilation: int) -> Tensor:
    """Every so manieth step as a row of its own.

    Args:
        values: (T, B, ...).
        dilation: d, how many steps apart the steps of a row shall lie.

    Returns:
        (T / d rounded up, d B, ...): the rows that start at step 0, then those at step 1, ...
    """
    missing = -values.shape[0] % dilation
    padded = functional.pad(values, (0, 0) * (values.dim() - 1) + (0, missing))
    return padded.reshape(
        padded.shape[0] // dilation, dilation * values.shape[1], *values.shape[2:]
    )


def undilate(values: Tensor, dilation: int, steps: int) -> Tensor:
    """The way back from :func:`dilate` to (T, B, ...), T being ``steps``."""
    rows = values.shape[1] // dilation
    return values.reshape(values.shape[0] * dilation, rows, *values.shape[2:])[:steps]
