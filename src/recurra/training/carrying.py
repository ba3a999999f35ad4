"""Models that answer at every step and whose state is carried from chunk to chunk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.training.mean_loss import check_alike, check_scalar
from recurra.training.streams import Chunk

S = TypeVar("S")

Loss = Callable[[Tensor, Tensor], Tensor]


class Carrying(Protocol):
    """A model that answers at every step and gives its state away, to be carried on.

    ``recurra.Recurrent`` with ``batch_first=True`` is one, and so is a module that puts a head on
    its output and hands the state through.
    """

    def __call__(
        self, x: Tensor, state: Any, *, lengths: Tensor | None, reset: Tensor | None
    ) -> tuple[Any, Any]:
        """The answers at every step, (B, T, ...), and the state after the last step of each row.

        Args:
            x: (B, T, ...).
            state: As it was given after the chunk before; None to start from zero.
            lengths: How many steps each row has, (B,); None if all have T.
            reset: True where a row starts afresh before a step, (B, T); None for nowhere.
        """
        ...


def detached(state: S) -> S:
    """A state cut off from what led to it: the same values, through which no gradient goes back.

    Args:
        state: A tensor, None, or any nesting of them in tuples, lists and dictionaries.
    """
    match state:
        case Tensor():
            return cast(S, state.detach())
        case tuple() | list():
            parts = [detached(part) for part in state]
            # A named tuple takes its fields one by one.
            named = hasattr(state, "_fields")
            return cast(S, type(state)(*parts) if named else type(state)(parts))
        case dict():
            return cast(S, {name: detached(part) for name, part in state.items()})
    return state


def answered(model: Carrying, chunk: Chunk, state: Any, loss: Loss) -> tuple[Tensor, Any]:
    """The mean loss of the real steps of a chunk, of shape (), and the state behind it.

    Args:
        model: What answers.
        chunk: What it reads.
        state: That after the chunk before; None at the beginning.
        loss: Maps answers (M, ...) and targets to their mean loss, of shape ().

    Raises:
        ShapeError: If the model does not answer at every step, or the loss is not one number.
    """
    whole = bool((chunk.lengths == chunk.x.shape[1]).all())
    answers, state = model(
        chunk.x,
        state,
        lengths=None if whole else chunk.lengths,
        reset=chunk.reset if bool(chunk.reset.any()) else None,
    )
    return _loss(answers, chunk, loss, whole=whole), detached(state)


def _loss(answers: Any, chunk: Chunk, loss: Loss, *, whole: bool) -> Tensor:
    """The mean loss of the real steps of a chunk."""
    if not isinstance(answers, Tensor) or answers.shape[:2] != chunk.y.shape[:2]:
        given = tuple(answers.shape) if isinstance(answers, Tensor) else type(answers).__name__
        raise ShapeError(
            f"answers of shape {given} to targets of shape {tuple(chunk.y.shape)}",
            "an answer at every step: (B, T, ...)",
            "make the recurrent layer with batch_first=True",
        )
    if whole:
        answer, y = answers.flatten(0, 1), chunk.y.flatten(0, 1)
    else:
        steps = torch.arange(chunk.y.shape[1], device=chunk.lengths.device)
        real = steps < chunk.lengths.unsqueeze(1)
        answer, y = answers[real], chunk.y[real]
    check_alike(answer, y)
    found = loss(answer, y)
    check_scalar(found)
    return found
