"""How a network that knows the next change forecasts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from recurra.forecasting.stepwise.changes import Changes
from recurra.structures import ManyToOne

BATCH = 1024
"""Windows at a time: enough to keep a processor busy, few enough to stay in its cache."""


def one_step(network: nn.Module, windows: Tensor, changes: Changes) -> Tensor:
    """The value after each window, from true values only.

    Args:
        network: Maps (B, L, I) to the next change (B, 1).
        windows: The values before, in standard units, (W, R); may be a strided view.
        changes: Of the windows' series.

    Returns:
        In standard units, (W,).
    """
    return recursive(network, windows, changes, 1).squeeze(-1)


@torch.inference_mode()
def recursive(
    network: nn.Module,
    windows: Tensor,
    changes: Changes,
    horizon: int,
    gaps: Tensor | None = None,
) -> Tensor:
    """The ``horizon`` values after each window, each prediction fed back for the next.

    Args:
        network: Maps (B, L, I) to the next change (B, 1).
        windows: The values before, in standard units, (W, R); may be a strided view.
        changes: Of the windows' series.
        horizon: K, at least 1.
        gaps: The time before each of the last L values and of the K to come, (W, L + K), where
            times follow no step.

    Returns:
        In standard units, (W, K).
    """
    network.eval()
    batches = [slice(first, first + BATCH) for first in range(0, len(windows), BATCH)]
    parts = [
        _recursive(
            network,
            windows[rows],
            changes[rows],
            horizon,
            None if gaps is None else gaps[rows],
        )
        for rows in batches
    ]
    return torch.cat(parts) if parts else windows.new_empty(0, horizon)


@torch.inference_mode()
def apart(
    network: ManyToOne,
    windows: Tensor,
    changes: Changes,
    horizon: int,
    parts: Sequence[int],
    *,
    gaps: Tensor | None = None,
) -> Tensor:
    """The same for several parts, each to the bit as if it were alone.

    The recurrent layers are run on all rows at once, since in compiled code rows do not round one
    another. Matrix products of other sizes do round otherwise, so the dense layer that answers is
    run on each part.

    Args:
        network: Maps (B, L, I) to the next change (B, 1).
        windows: As for :func:`recursive`; of at most :data:`BATCH` rows.
        changes: Of the windows' series.
        horizon: K, at least 1.
        parts: How many rows each has, one part after the other.
        gaps: As for :func:`recursive`.

    Returns:
        In standard units, (W, K).
    """
    network.eval()

    def answers(x: Tensor) -> Tensor:
        each = torch.split(network.features(x), [*parts])
        return torch.cat([network.head(features) for features in each])

    return _recursive(answers, windows, changes, horizon, gaps)


def _recursive(
    network: Callable[[Tensor], Tensor],
    windows: Tensor,
    changes: Changes,
    horizon: int,
    gaps: Tensor | None,
) -> Tensor:
    sight, known = changes.sight, windows.shape[1]
    values = torch.cat([windows, windows.new_empty(len(windows), horizon)], dim=1)
    for step in range(known, known + horizon):
        until = None if gaps is None else gaps[:, : sight.lookback + step - known + 1]
        answer = network(sight.inputs(values[:, :step], until)).squeeze(-1)
        values[:, step] = changes.values(values[:, step - sight.lag], answer)
    return values[:, known:]
