"""The loss of symbols out of many, in pieces, so that memory and cache stay small."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

ROWS = 256
"""Steps of which all scores are there at once."""


def smoothed_loss(
    features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float
) -> Tensor:
    """The mean cross-entropy of symbols, with smoothed labels, in nats.

    The truth gets 1 - ``smoothing`` and all symbols together, in equal parts, the rest: Szegedy et
    al. 2016 (arXiv:1512.00567), section 7. Scores are W h + b. The gradient is found along with the
    loss, some steps at a time; the scores of all steps, N V of them, never stand side by side.

    Args:
        features: h of each step, (N, F), N at least 1.
        weight: W, (V, F).
        bias: b, (V,).
        targets: The true symbols, int64 (N,).
        smoothing: From 0 to below 1.
    """
    found: Tensor = _Smoothed.apply(features, weight, bias, targets, smoothing)  # type: ignore[no-untyped-call]
    return found


class _Smoothed(Function):
    """The loss and, before anybody asks, its gradients."""

    @staticmethod
    def forward(  # noqa: PLR0917 - what is handed over in order
        ctx: Any, features: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float
    ) -> Tensor:
        gradients = torch.empty_like(features), torch.zeros_like(weight), torch.zeros_like(bias)
        space = features.new_empty(min(ROWS, len(features)), len(weight))
        total = features.new_zeros(())
        for first in range(0, len(features), ROWS):
            some = features[first : first + ROWS]
            scores = torch.addmm(bias, some, weight.t(), out=space[: len(some)])
            total += _piece(scores, targets[first : first + ROWS].unsqueeze(1), smoothing)
            # Scores have become their gradients.
            torch.mm(scores, weight, out=gradients[0][first : first + ROWS])
            gradients[1].addmm_(scores.t(), some)
            gradients[2].add_(scores.sum(0))
        ctx.save_for_backward(*gradients)
        ctx.count = len(features)
        return total / len(features)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        share = grads[0] / ctx.count
        return *(one * share for one in ctx.saved_tensors), None, None


def _piece(scores: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """The summed loss of scores (N, V), which are overwritten by their gradients."""
    each = smoothing / scores.shape[1]
    wanted = (1 - smoothing) * scores.gather(1, targets).sum() + each * scores.sum()
    highest = scores.amax(1, keepdim=True)
    sums = scores.sub_(highest).exp_().sum(1, keepdim=True)
    loss = (highest + sums.log()).sum() - wanted
    truth = scores.new_full((1, 1), smoothing - 1).expand_as(targets)
    scores.div_(sums).sub_(each).scatter_add_(1, targets, truth)
    return loss
