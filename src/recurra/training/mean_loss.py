"""The loss of an epoch, from the losses of its batches."""

from __future__ import annotations

import operator
from collections.abc import Sequence

import torch
from torch import Tensor

from recurra.errors import ShapeError


def mean_loss(losses: Sequence[Tensor], sizes: Sequence[float]) -> float:
    """The mean over examples of batch means, summed as Python floats (float64).

    The losses stay on their device until here: no step waits for the device.

    Args:
        losses: The mean loss of each batch, of shape ().
        sizes: How many examples are in each, or over how much it is the mean.
    """
    values = torch.stack(tuple(losses)).tolist()
    return float(sum(map(operator.mul, values, sizes)) / sum(sizes))


def check_scalar(loss: Tensor) -> None:
    """Refuses a loss that is not one number.

    Raises:
        ShapeError: The loss has dimensions.
    """
    if loss.ndim:
        raise ShapeError(
            f"The loss function returned a tensor of shape {tuple(loss.shape)}.",
            "one number for the batch: a tensor of shape ()",
            "average over the batch, as in torch.nn.MSELoss(reduction='mean')",
        )


def check_alike(prediction: object, target: Tensor) -> None:
    """Refuses numbers that are as many but shaped otherwise: torch would compare all with all.

    Raises:
        ShapeError: As for predictions (B, 1) and targets (B,).
    """
    if not isinstance(prediction, Tensor) or not target.is_floating_point():
        return
    if prediction.shape != target.shape and prediction.numel() == target.numel() > 1:
        raise ShapeError(
            f"Predictions have shape {tuple(prediction.shape)}, targets {tuple(target.shape)}.",
            "one shape for both",
            "y.unsqueeze(-1) makes targets (B,) into (B, 1)",
        )
