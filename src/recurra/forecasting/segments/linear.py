"""The linear way from a window to the horizon, solved instead of learned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from recurra.forecasting.segments.base import base
from recurra.forecasting.segments.batch import Batch
from recurra.forecasting.segments.network import SegmentNetwork

MOST = 20_000
"""Windows that are solved for."""

FEWEST = 50
"""Fewer teach a matrix of weights nothing."""

SHRINKAGES = (1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)
"""Tried, the strongest first; each in mean squares of the inputs."""


@dataclass(frozen=True)
class Linear:
    """A linear way that was solved.

    Attributes:
        weight: From the window to the horizon, (K, L).
        shrinkage: lambda, in mean squares of the inputs.
    """

    weight: Tensor
    shrinkage: float


@torch.no_grad()
def solve(
    network: SegmentNetwork,
    batches: Iterator[Batch],
    judge: Callable[[], float] | None,
    shrinkage: float | None = None,
) -> Linear | None:
    """Ridge regression (Hoerl & Kennard 1970, eq. 2.1) of what the base leaves on the window.

    Steps of the optimizer would have to be small for a sum over hundreds of inputs, and many, and
    what they leave is noise; the equation is solved in one stroke, and the recurrent part learns
    what it cannot tell.

    Args:
        network: Untrained: what it adds to its base is 0 but for ``skip``, which this sets.
        batches: The windows to learn from; those whose whole future counts are.
        judge: The network's loss on held-out windows, to choose the shrinkage by.
        shrinkage: One that was chosen before; None to choose.

    Returns:
        None if there are too few windows, or if held-out windows were better without.
    """
    x, y = _pairs(network, batches)
    if len(x) < FEWEST or (judge is None and shrinkage is None):
        return None
    scales, axes = torch.linalg.eigh(x.T @ x / len(x))
    seen = axes.T @ (x.T @ y / len(x))

    def solved(share: float) -> Tensor:
        shrunk = scales.clamp(min=0) + share * scales.mean().clamp(min=1e-12)
        weight: Tensor = axes @ (seen / shrunk.unsqueeze(1))
        return weight.T.float()

    if shrinkage is not None:
        return Linear(solved(shrinkage), shrinkage)
    assert judge is not None
    best, found = judge(), None
    for share in SHRINKAGES:
        weight = solved(share)
        network.skip.weight.copy_(weight)
        loss = judge()
        if loss < best:
            best, found = loss, Linear(weight, share)
    return found


def _pairs(network: SegmentNetwork, batches: Iterator[Batch]) -> tuple[Tensor, Tensor]:
    """Windows (N, L) and what their bases leave to be said (N, K), float64."""
    sizes, frame = network.sizes, network.frame
    inputs, outputs = [torch.zeros(0, sizes.lookback)], [torch.zeros(0, sizes.horizon)]
    for batch in batches:
        framed = network.framed(batch)
        start = base(framed, batch.seen, sizes.lag, sizes.horizon)
        whole = batch.counts.bool().all(1)
        inputs.append(framed.x[whole])
        outputs.append((frame.ahead(batch.future, framed) - start)[whole])
    return torch.cat(inputs).double(), torch.cat(outputs).double()
