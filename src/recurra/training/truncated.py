"""Truncated back-propagation through time, with the state carried from chunk to chunk."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast

import torch
from torch import Tensor, nn

from recurra.errors import ShapeError, TrainingError
from recurra.training.backward import backward
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.limits import at_least
from recurra.training.mean_loss import check_alike, check_scalar, mean_loss
from recurra.training.mode import in_mode
from recurra.training.optimizers import Clip
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.streams import Chunk, StreamChunks

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


def fit_truncated(
    model: nn.Module,
    chunks: StreamChunks,
    loss: Loss,
    optimizer: torch.optim.Optimizer,
    *,
    validation: StreamChunks | None = None,
    epochs: int = 1,
    clip_norm: float | None = None,
    clip_value: float | None = None,
) -> History:
    """Trains a model on long streams, one optimizer step a chunk.

    The state is carried from chunk to chunk and the gradient is cut between them, so that what
    happened long before has its influence but memory is needed for a chunk alone (Williams & Peng
    1990, Neural Computation 2(4), BPTT(h; h') with h = h' the chunk's steps). Each pass begins with
    states of zero. Ctrl-C ends the training early: ``History.interrupted`` is true.

    Args:
        model: Answers at every step and gives its state: see :class:`Carrying`.
        chunks: What to train on.
        loss: Maps the (M, ...) answers at M steps, and their targets, to their mean loss, of shape
            (). It sees all real steps of a chunk.
        optimizer: Already holds the model's parameters.
        validation: Evaluated after every pass as ``val_loss``.
        epochs: How often to go through the streams, at least 1.
        clip_norm: The most that the norm of all gradients of a step together may be, above 0; None
            for no bound.
        clip_value: The most that each number of a gradient may be, above 0; comes first if both are
            given. None for no bound.

    Returns:
        What happened: ``loss``, the mean over all steps, ``val_loss`` and ``learning_rate``.

    Raises:
        OptionError: If a count is below 1 or a bound not above 0.
        ShapeError: If the model does not answer at every step, or the loss is not one number.
        TrainingError: If the loss is no finite number at the end of a pass.
    """
    at_least(1, epochs=epochs)
    clip, history, started = Clip(clip_norm, clip_value), History(), time.perf_counter()
    try:
        for epoch in range(epochs):
            logs = {"loss": _passed(model, chunks, loss, _Steps(optimizer, clip))}
            if validation is not None:
                logs["val_loss"] = evaluate_truncated(model, validation, loss)
            logs["learning_rate"] = float(optimizer.param_groups[0]["lr"])
            history.record(epoch, logs)
            _check_finite(epoch, logs)
        history.stopped = FINISHED
    except KeyboardInterrupt:
        history.stopped = INTERRUPTED
    finally:
        history.seconds = time.perf_counter() - started
    return history


def evaluate_truncated(model: nn.Module, chunks: StreamChunks, loss: Loss) -> float:
    """The mean loss over all steps of streams, the model in evaluation mode, nothing learned.

    However the streams are cut, the state is carried on, so that chunks do not change the answers.

    Args:
        model: Answers at every step and gives its state: see :class:`Carrying`.
        chunks: The streams.
        loss: Maps answers (M, ...) and targets to their mean loss, of shape ().

    Raises:
        ShapeError: If the model does not answer at every step, or the loss is not one number.
    """
    with in_mode(model, training=False), torch.inference_mode():
        return _read(model, chunks, loss, lambda found: None)


class _Steps:
    """Takes an optimizer step for each loss."""

    def __init__(self, optimizer: torch.optim.Optimizer, clip: Clip) -> None:
        self.optimizer, self.clip = optimizer, clip

    def __call__(self, loss: Tensor) -> None:
        self.optimizer.zero_grad()
        backward(loss)
        if isinstance(self.optimizer, OnePass) and self.clip != Clip():
            self.optimizer.step(clip=self.clip)
            return
        groups = self.optimizer.param_groups
        self.clip.apply(weight for group in groups for weight in group["params"])
        self.optimizer.step()


def _passed(model: nn.Module, chunks: StreamChunks, loss: Loss, steps: _Steps) -> float:
    """One pass of training."""
    with in_mode(model, training=True):
        return _read(model, chunks, loss, steps)


def _read(
    model: nn.Module, chunks: StreamChunks, loss: Loss, learn: Callable[[Tensor], None]
) -> float:
    """Reads streams from their beginning: the mean loss of a step."""
    carrying, state = cast(Carrying, model), None
    losses: list[tuple[Tensor, int]] = []
    for chunk in chunks:
        x, _, reset, lengths = chunk
        whole = bool((lengths == x.shape[1]).all())
        answers, state = carrying(
            x,
            state,
            lengths=None if whole else lengths,
            reset=reset if bool(reset.any()) else None,
        )
        found = _loss(answers, chunk, loss, whole=whole)
        learn(found)
        losses.append((found.detach(), int(lengths.sum())))
        state = detached(state)
    return mean_loss([one for one, _ in losses], [steps for _, steps in losses])


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


def _check_finite(epoch: int, logs: dict[str, float]) -> None:
    for name in ("loss", "val_loss"):
        if not math.isfinite(logs.get(name, 0.0)):
            raise TrainingError(
                f"{name} is {logs[name]} after pass {epoch + 1}, with learning rate "
                f"{logs['learning_rate']:g}.",
                "a finite number",
                "clip_norm=1.0, a smaller learning rate, scaled inputs; and look for missing or "
                "infinite values in the streams",
            )
