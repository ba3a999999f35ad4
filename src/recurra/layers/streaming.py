"""Which stepper runs a layer, and why."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torch import nn

from recurra.errors import OptionError
from recurra.kernels.choose import COMPILED, Choice, choose
from recurra.language import schedule
from recurra.layers import options
from recurra.layers.compiled_stepper import CompiledStepper
from recurra.layers.plain_stepper import PlainStepper
from recurra.layers.state import Shapes
from recurra.layers.stepper import Stepper

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent

_said: set[str] = set()


def stepper(
    layer: Recurrent, batch_size: int, head: nn.Linear | None, shapes: Sequence[Shapes]
) -> Stepper:
    """A stepper for a layer, the quickest that runs it; a slower one is said once.

    Args:
        layer: The layer.
        batch_size: B.
        head: A dense layer on top of it, or None.
        shapes: The shape of what each layer carries.

    Raises:
        OptionError: If the layer reads from the end, or the dense layer does not fit.
    """
    rows = options.positive("batch_size", batch_size)
    _check(layer, head)
    choice = _choice(layer)
    if choice.kernel == COMPILED:
        return CompiledStepper(layer, rows, head, shapes)
    if choice.slower and choice.reason not in _said:
        _said.add(choice.reason)
        warnings.warn(
            f"each step of the stepper calls the layer, which is slower: {choice.reason}",
            stacklevel=3,
        )
    return PlainStepper(layer, rows, head, shapes)


def _choice(layer: Recurrent) -> Choice:
    """The kernel that runs the whole layer, or why none does."""
    if between := _between(layer):
        return Choice("", between, slower=True)
    like, found = next(layer.parameters()), []
    for number in range(layer.num_layers):
        order = schedule(layer.graph(number, training=False))
        found.append(choose(order, like.device, like.dtype))
    return next((one for one in found if one.kernel != COMPILED), found[0])


def _check(layer: Recurrent, head: nn.Linear | None) -> None:
    if layer.directions != ("forwards",):
        option = "bidirectional" if layer.bidirectional else "reverse"
        raise OptionError(
            f"a stepper of a layer with {option}=True",
            "a layer that reads each sequence from its start to its end alone",
            f"make the layer without {option}: no stream has come to its end yet",
        )
    if head is None:
        return
    like = next(layer.parameters())
    if not isinstance(head, nn.Linear) or head.in_features != layer.output_size:
        raise OptionError(f"head={head!r}", f"nn.Linear({layer.output_size}, O)")
    if (head.weight.dtype, head.weight.device) != (like.dtype, like.device):
        raise OptionError(
            f"a head of type {head.weight.dtype} on {head.weight.device}",
            f"{like.dtype} on {like.device}, as the layer",
            "head.to(next(layer.parameters()))",
        )


def _between(layer: Recurrent) -> str | None:
    """What comes between the layers of a stack, or between their steps, in words."""
    if layer.residual:
        return "residual=True adds to what layers give"
    if max(layer.dilation) > 1:
        return f"dilation={layer.dilation} connects steps that lie apart"
    if "below" in layer.cell.inputs:
        return f"the cell {layer.cell.name} sees the states of the layer beneath"
    if any(layer.graph(number).earlier for number in range(layer.num_layers)):
        return f"the cell {layer.cell.name} sees earlier inputs"
    return None
