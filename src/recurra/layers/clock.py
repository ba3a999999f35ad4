"""Each row's own count of its steps, and the inputs of its earlier steps."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def since_reset(reset: Tensor) -> Tensor:
    """How many steps ago a row last started afresh, (T, B); -1 if it never did."""
    t = torch.arange(reset.shape[0], device=reset.device).unsqueeze(1).expand(reset.shape)
    last = torch.where(reset, t, -1).cummax(0).values
    return torch.where(last >= 0, t - last, -1)


def count(start: Tensor, reset: Tensor | None, steps: int) -> Tensor:
    """The number of each row's own step, (T, B), from 0 where it starts or starts afresh.

    Args:
        start: The number of the first step, (B,).
        reset: Where a row starts afresh, (T, B) of booleans, or None.
        steps: T.
    """
    plain = start + torch.arange(steps, device=start.device).unsqueeze(1)
    if reset is None:
        return plain
    since = since_reset(reset)
    return torch.where(since >= 0, since, plain)


def earlier(x: Tensor, before: Sequence[Tensor], reset: Tensor | None) -> list[Tensor]:
    """The inputs of earlier steps: for each number of steps back from 1, (T, B, I).

    Args:
        x: The input, (T, B, I).
        before: The inputs before the first step, the last one first, (B, I) each.
        reset: Where a row starts afresh, (T, B) of booleans, or None: there is nothing before it.
    """
    whole = torch.cat([*(part.unsqueeze(0) for part in reversed(before)), x])
    found = []
    for back in range(1, len(before) + 1):
        values = whole[len(before) - back : whole.shape[0] - back]
        if reset is not None:
            since = since_reset(reset)
            cut = (since >= 0) & (since < back)
            values = torch.where(cut.unsqueeze(-1), 0.0, values)
        found.append(values)
    return found


def at_end(values: Tensor, first: Tensor, lengths: Tensor | None) -> Tensor:
    """What was reached after each row's last step, (B, width).

    Args:
        values: After each step, (T, B, width).
        first: Before the first step, (B, width), for rows without any.
        lengths: The length of each row, (B,); None if all have T.
    """
    if lengths is None:
        return values[-1]
    whole = torch.cat([first.unsqueeze(0), values])
    index = lengths.view(1, -1, 1).expand(1, *first.shape)
    return whole.gather(0, index).squeeze(0)
