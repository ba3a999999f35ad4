"""How answers are judged."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from recurra.errors import ShapeError

NOT_ASKED = -100
"""The target of a step at which nothing is asked; torch's own mark for that."""


def cross_entropy(prediction: Tensor, y: Tensor) -> Tensor:
    """The mean cross-entropy, in nats, over all that is asked.

    Args:
        prediction: The scores of the classes (logits), (..., O).
        y: The right classes, (...) int64; :data:`NOT_ASKED` where nothing is asked.

    Raises:
        ShapeError: If they do not fit each other.
    """
    _check(prediction.shape[:-1] == y.shape, prediction, y, "(..., O) and (...)")
    return functional.cross_entropy(prediction.flatten(0, -2), y.flatten(), ignore_index=NOT_ASKED)


def squared_error(prediction: Tensor, y: Tensor) -> Tensor:
    """The mean squared error over all numbers.

    Args:
        prediction: The answers, (..., O).
        y: The right ones, (..., O).

    Raises:
        ShapeError: If they do not fit each other.
    """
    _check(prediction.shape == y.shape, prediction, y, "one shape for both")
    return functional.mse_loss(prediction, y)


def accuracy(prediction: Tensor, y: Tensor) -> float:
    """The share of answers that are right, of all that is asked, from 0 to 1.

    Args:
        prediction: The scores of the classes, (..., O).
        y: The right classes, (...) int64; :data:`NOT_ASKED` where nothing is asked.

    Raises:
        ShapeError: If they do not fit each other.
    """
    _check(prediction.shape[:-1] == y.shape, prediction, y, "(..., O) and (...)")
    asked = y != NOT_ASKED
    return float((prediction.argmax(-1) == y)[asked].double().mean())


def _check(fits: bool, prediction: Tensor, y: Tensor, expected: str) -> None:
    if not fits:
        raise ShapeError(
            f"answers of shape {tuple(prediction.shape)} to targets of shape {tuple(y.shape)}",
            expected,
            "answer once a row in a many-to-one task, at every step in an each-to-each task",
        )
