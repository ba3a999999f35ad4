"""What a forecast starts from: the last season, the last value, or a smoothed level, repeated."""

from __future__ import annotations

import torch
from torch import Tensor

from recurra.forecasting.segments.frames import Framed


def base(framed: Framed, seen: Tensor, lag: int, horizon: int) -> Tensor:
    """What a forecast starts from in the units of the window, (B, K).

    Args:
        framed: The window; with a smoothed level, if ``lag`` is 0.
        seen: 1 where something was observed, (B, L).
        lag: See :class:`~recurra.forecasting.segments.network.Sizes`.
        horizon: K.
    """
    if framed.start is not None and lag == 0:
        return framed.start.expand(-1, horizon)
    return repeated(framed.x, seen, lag, horizon)


def repeated(x: Tensor, seen: Tensor, lag: int, horizon: int) -> Tensor:
    """The last ``lag`` values over and over, (B, K); where one is missing, the last season's mean.

    Args:
        x: A window, (B, L), 0 where nothing was observed.
        seen: 1 where something was, (B, L).
        lag: At least 1, at most L.
        horizon: K.
    """
    places = x.shape[1] - lag + torch.arange(horizon) % lag
    recent, here = x[:, -lag:], seen[:, -lag:]
    mean = recent.sum(1, keepdim=True) / here.sum(1, keepdim=True).clamp(min=1)
    return torch.where(seen[:, places] > 0, x[:, places], mean)
