"""Truncated back-propagation through time, with the state carried from chunk to chunk."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

import torch
from torch import Tensor, nn

from recurra.errors import TrainingError
from recurra.training.backward import backward
from recurra.training.carrying import Carrying, Loss, answered
from recurra.training.checkpoints.checkpoint import Checkpoint
from recurra.training.checkpoints.course import Course
from recurra.training.checkpoints.resumable import facts_of, give_optimizer
from recurra.training.history import FINISHED, INTERRUPTED, History
from recurra.training.limits import at_least
from recurra.training.mean_loss import mean_loss
from recurra.training.mode import in_mode
from recurra.training.optimizers import Clip
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.position import Position
from recurra.training.streams import StreamChunks


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
    checkpoint: Checkpoint | None = None,
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
        checkpoint: Where the training is kept, and goes on from if it was stopped: see
            :class:`Checkpoint`. The state that is carried is kept with it.

    Returns:
        What happened: ``loss``, the mean over all steps, ``val_loss`` and ``learning_rate``.

    Raises:
        OptionError: If a count is below 1 or a bound not above 0.
        ShapeError: If the model does not answer at every step, or the loss is not one number.
        TrainingError: If the loss is no finite number at the end of a pass.
        CheckpointError: If the checkpoint is of another training.
        OutputError: If it cannot be written.
    """
    at_least(1, epochs=epochs)
    training = _Training(
        model, chunks, loss, _Steps(optimizer, Clip(clip_norm, clip_value)), validation, epochs
    )
    facts = {
        **facts_of(model, optimizer),
        "epochs": epochs,
        "chunks": (len(chunks), chunks.rows, chunks.steps),
    }
    with Course(checkpoint, training, facts) as course:
        if not course.finished:
            training.fit(course)
    return training.history


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
    carrying, state = cast(Carrying, model), None
    losses, steps = list[Tensor](), list[int]()
    with in_mode(model, training=False), torch.inference_mode():
        for chunk in chunks:
            found, state = answered(carrying, chunk, state, loss)
            losses.append(found)
            steps.append(int(chunk.lengths.sum()))
        return mean_loss(losses, steps)


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


@dataclass
class _Training:
    """A training at work: what a checkpoint keeps, and goes on from."""

    model: nn.Module
    chunks: StreamChunks
    loss: Loss
    steps: _Steps
    validation: StreamChunks | None
    epochs: int
    history: History = field(default_factory=History)
    position: Position = field(default_factory=Position)
    carried: Any = None
    counts: list[int] = field(default_factory=list)
    started: float = 0.0

    def fit(self, course: Course) -> None:
        """Trains, on from where it was; Ctrl-C ends it."""
        self.started = time.perf_counter()
        try:
            course.resume()
            self.started -= self.history.seconds
            self._run(course)
            self.history.stopped = FINISHED
        except KeyboardInterrupt:
            self.history.stopped = INTERRUPTED
        finally:
            self.history.seconds = time.perf_counter() - self.started
        if not self.history.interrupted and course.finish():
            self.history.stopped = INTERRUPTED

    def state_dict(self) -> dict[str, Any]:
        """All that it goes on from."""
        return {
            "position": self.position.state_dict(),
            "model": self.model.state_dict(),
            "optimizer": self.steps.optimizer.state_dict(),
            "carried": self.carried,
            "counts": self.counts,
            "history": {**vars(self.history), "seconds": time.perf_counter() - self.started},
        }

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Goes on from what `state_dict` told."""
        self.position = Position.of(state["position"])
        self.model.load_state_dict(state["model"])
        give_optimizer(self.steps.optimizer, state["optimizer"])
        self.carried, self.counts = state["carried"], state["counts"]
        self.history = History(**state["history"])

    def _run(self, course: Course) -> None:
        for epoch in range(self.position.epoch, self.epochs):
            logs = {"loss": self._passed(course)}
            if self.validation is not None:
                logs["val_loss"] = evaluate_truncated(self.model, self.validation, self.loss)
            logs["learning_rate"] = float(self.steps.optimizer.param_groups[0]["lr"])
            self.history.record(epoch, logs)
            _check_finite(epoch, logs)
            self.position.next_epoch()
            self.carried, self.counts = None, []
            course.passed()

    def _passed(self, course: Course) -> float:
        """One pass over the streams, or what is left of it: the mean loss of a step."""
        carrying, at = cast(Carrying, self.model), self.position
        with in_mode(self.model, training=True):
            for chunk in islice(self.chunks, at.step, None):
                found, self.carried = answered(carrying, chunk, self.carried, self.loss)
                self.steps(found)
                at.made(found.detach())
                self.counts.append(int(chunk.lengths.sum()))
                course.passed()
        return mean_loss(at.losses, self.counts)


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
