"""One call of a model, watched: what its recurrent layers are called on, and the gradients there.

Nothing in the model is changed: hooks add zeros to what the layers give, and the gradients by those
zeros are the gradients by what was given, whatever the model makes of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from recurra.errors import OptionError
from recurra.layers import Recurrent

_FORWARD = inspect.signature(Recurrent.forward)


@dataclass(frozen=True)
class Call:
    """A call of a recurrent layer within a model.

    Attributes:
        name: Where the layer is in the model; empty if it is the model.
        layer: The layer.
        arguments: What it was called with, by the names of ``Recurrent.forward``.
        gradients: Those of the loss by each tensor of numbers that it gave, in order.
    """

    name: str
    layer: Recurrent
    arguments: Mapping[str, Any]
    gradients: Sequence[Tensor]

    @property
    def steps(self) -> int:
        """T."""
        return _steps(self.layer, self.arguments)


@dataclass(frozen=True)
class Watched:
    """What was seen of a model.

    Attributes:
        loss: The loss.
        calls: The longest call of each recurrent layer, in the order of the model's modules.
        notes: What was left out, a sentence each.
    """

    loss: float
    calls: tuple[Call, ...]
    notes: tuple[str, ...]


def watch(
    model: nn.Module, arguments: Sequence[Any], named: Mapping[str, Any], loss: Callable[[Any], Any]
) -> Watched:
    """Calls a model and its loss once.

    Args:
        model: Any module.
        arguments: What it is called with.
        named: The same, by name.
        loss: From what the model gives to one number.

    Raises:
        OptionError: If the model has no recurrent layer, none was called, or the loss is no number
            that depends on what the model gives.
    """
    layers = {name: m for name, m in model.named_modules() if isinstance(m, Recurrent)}
    if not layers:
        raise OptionError(
            f"a {type(model).__name__} without a recurrent layer of Recurra",
            "a Recurrent, RNN, LSTM or GRU, or a module that contains one",
            "build it with recurra.LSTM in place of torch.nn.LSTM: arguments and weights are alike",
        )
    seen = {name: _Hook() for name in layers}
    hooks = [
        layer.register_forward_hook(seen[name], with_kwargs=True) for name, layer in layers.items()
    ]
    try:
        with torch.enable_grad():
            value = _checked(loss(model(*arguments, **named)))
    finally:
        for hook in hooks:
            hook.remove()
    leaves = [leaf for hook in seen.values() for once in hook.calls for leaf in once.leaves]
    if not leaves:
        raise OptionError(
            f"a call of the model in which none of its layers ran: {', '.join(layers)}",
            "a batch that goes through a recurrent layer",
        )
    found = torch.autograd.grad(value, leaves, allow_unused=True, materialize_grads=True)
    gradients = dict(zip(map(id, leaves), found, strict=True))
    return Watched(
        float(value.detach()),
        tuple(
            _longest(name, layers[name], seen[name], gradients)
            for name in layers
            if seen[name].calls
        ),
        tuple(_notes(seen)),
    )


@dataclass(frozen=True)
class _Once:
    """What a layer was called with, and the zeros added to what it gave."""

    arguments: Mapping[str, Any]
    leaves: Sequence[Tensor]


@dataclass
class _Hook:
    """Notes each call of a layer."""

    calls: list[_Once] = field(default_factory=list)

    def __call__(
        self, layer: nn.Module, arguments: tuple[Any, ...], named: dict[str, Any], given: Any
    ) -> Any:
        bound = dict(_FORWARD.bind(layer, *arguments, **named).arguments)
        del bound["self"]
        leaves: list[Tensor] = []

        def lifted(value: Tensor) -> Tensor:
            leaves.append(torch.zeros_like(value, requires_grad=True))
            return value + leaves[-1]

        result = each(given, lifted)
        self.calls.append(_Once(bound, leaves))
        return result


def each(given: Any, function: Callable[[Tensor], Tensor]) -> Any:
    """The same structure with the function of each tensor of numbers; a count of steps stays."""
    if isinstance(given, PackedSequence):
        return PackedSequence(
            each(given.data, function),
            given.batch_sizes,
            given.sorted_indices,
            given.unsorted_indices,
        )
    if isinstance(given, tuple):
        return tuple(each(part, function) for part in given)
    return function(given) if given.is_floating_point() else given


def _checked(value: Any) -> Tensor:
    single = isinstance(value, Tensor) and value.numel() == 1 and value.is_floating_point()
    if not single or not value.requires_grad:
        what = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else repr(value)
        raise OptionError(
            f"a loss of {what}" + (" without a gradient" if single else ""),
            "one number that is computed from what the model gives, without detach() or item()",
            "loss=lambda output: output.square().mean()",
        )
    found: Tensor = value.reshape(())
    return found


def _longest(name: str, layer: Recurrent, hook: _Hook, gradients: Mapping[int, Tensor]) -> Call:
    once = max(hook.calls, key=lambda call: _steps(layer, call.arguments))
    return Call(name, layer, once.arguments, [gradients[id(leaf)] for leaf in once.leaves])


def _steps(layer: Recurrent, arguments: Mapping[str, Any]) -> int:
    x = arguments["x"]
    if isinstance(x, PackedSequence):
        return len(x.batch_sizes)
    return int(x.shape[1 if x.dim() == 3 and layer.batch_first else 0])


def _notes(seen: Mapping[str, _Hook]) -> list[str]:
    notes = []
    for name, hook in seen.items():
        if not hook.calls:
            notes.append(f"{name} was not called on this batch")
        elif len(hook.calls) > 1:
            notes.append(f"of {len(hook.calls)} calls of {name or 'the layer'} the longest is seen")
    return notes
