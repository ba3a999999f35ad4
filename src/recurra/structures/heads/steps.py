"""A loss over the steps that are there."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from recurra.errors import ShapeError
from recurra.structures.lengths import Lengths, live_steps


def mean_over_steps(
    loss: Callable[[Tensor, Tensor], Tensor],
    features: Tensor,
    targets: Tensor,
    lengths: Lengths | None,
    event: tuple[int, ...] = (),
) -> Tensor:
    """The mean of a loss over all steps, or over each row's own.

    Args:
        loss: The loss of each step: features (..., F) and targets (..., *event) to (...).
        features: (..., F); (B, T, F) if lengths are given.
        targets: (..., *event). Behind a row's end they may be anything.
        lengths: The length of each row, (B,); T if None.
        event: The shape of one answer.

    Raises:
        ShapeError: If shapes do not fit, or there is no step at all.
    """
    wanted = (*features.shape[:-1], *event)
    if targets.shape != wanted:
        raise ShapeError(
            f"targets of shape {tuple(targets.shape)} for features of {tuple(features.shape)}",
            f"{wanted}: one answer a step",
            "targets.unsqueeze(-1) makes single numbers into vectors of one" * bool(event),
        )
    if lengths is not None:
        if features.dim() != 3:
            raise ShapeError(
                f"lengths with features of shape {tuple(features.shape)}", "features (B, T, F)"
            )
        # Chosen, not multiplied by 0: padding may be no number, and costs nothing so.
        live = live_steps(lengths, features)
        features, targets = features[live], targets[live]
    if not features.numel():
        raise ShapeError(
            "a loss over no step at all", "at least one step in the batch", "leave this batch out"
        )
    return loss(features, targets).mean()


def check_features(features: Tensor, size: int) -> None:
    """Refuses features of another width than a head was made for.

    Raises:
        ShapeError: If their last dimension is another.
    """
    if features.dim() < 1 or features.shape[-1] != size:
        raise ShapeError(
            f"features of shape {tuple(features.shape)}",
            f"(..., F) with F = {size}",
            "make the head with the output_size of the recurrent layer as its feature_size",
        )
