"""What a model is called with, and what its answer is judged by."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from recurra.errors import OptionError, ShapeError
from recurra.layers.lengths import Lengths


def called_with(
    model: nn.Module, batch: Any, lengths: Lengths | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, in order and by name.

    Raises:
        OptionError: If the model does not take lengths.
    """
    named: dict[str, Any] = {}
    if lengths is not None:
        _check_takes_lengths(model)
        named["lengths"] = lengths
    if isinstance(batch, Mapping):
        return (), {**batch, **named}
    several = isinstance(batch, tuple | list) and not isinstance(batch, PackedSequence)
    return (tuple(batch) if several else (batch,)), named


def _check_takes_lengths(model: nn.Module) -> None:
    asked = inspect.signature(model.forward).parameters.values()
    if any(one.name == "lengths" or one.kind == one.VAR_KEYWORD for one in asked):
        return
    raise OptionError(
        f"lengths for a {type(model).__name__}, whose forward does not take them",
        "a model with forward(x, lengths=...)",
        "leave lengths out, or give the batch as a PackedSequence or as the arguments it takes",
    )


def comparing(loss: Callable[..., Any] | None, targets: Any) -> Callable[[Any], Any]:
    """From what a model gives to the loss.

    Raises:
        ShapeError: When called, if the output does not fit the targets.
    """
    if loss is not None:
        return loss if targets is None else lambda given: loss(given, targets)
    return lambda given: _mean_square(_output(given), targets)


def _output(given: Any) -> Tensor:
    """The first tensor of numbers in what a model gives."""
    if isinstance(given, PackedSequence):
        return given.data
    if isinstance(given, Tensor) and given.is_floating_point():
        return given
    parts = given.values() if isinstance(given, Mapping) else given
    if isinstance(parts, Tensor) or not hasattr(parts, "__iter__"):
        raise OptionError(
            f"a model that gives a {type(given).__name__}",
            "a tensor of numbers, or several of which the first is the output",
            "give loss=, which makes one number of it",
        )
    for part in parts:
        return _output(part)
    raise OptionError("a model that gives nothing", "a tensor of numbers", "give loss=")


def _mean_square(output: Tensor, targets: Any) -> Tensor:
    if targets is None:
        return output.square().mean()
    if not isinstance(targets, Tensor) or not targets.is_floating_point():
        kind = targets.dtype if isinstance(targets, Tensor) else type(targets).__name__
        raise OptionError(
            f"targets of type {kind} without a loss",
            "numbers to compare the output with, or a loss of both",
            "loss=lambda output, targets: "
            "torch.nn.functional.cross_entropy(output.flatten(0, -2), targets.flatten())",
        )
    if targets.shape != output.shape:
        raise ShapeError(
            f"targets of shape {tuple(targets.shape)}",
            f"{tuple(output.shape)}, as the output of the model",
            "give a loss= that compares them otherwise",
        )
    return (output - targets).square().mean()
