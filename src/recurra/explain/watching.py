"""The calls of the recurrent layers within a model, seen from outside."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from torch import nn

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
    """

    name: str
    layer: Recurrent
    arguments: Mapping[str, Any]


def watch(model: nn.Module, run: Callable[[], Any], instead: Callable[[Call], Any]) -> None:
    """Runs something, with the model's recurrent layers run by something else.

    Args:
        model: Any module.
        run: What calls it.
        instead: Gives what a layer gives when it is so called.

    Raises:
        OptionError: If the model has no recurrent layer, or none was called.
    """
    called: list[Call] = []
    with _replaced(layers_of(model), called, instead):
        run()
    if not called:
        raise OptionError(
            "a call of the model in which none of its recurrent layers ran",
            "a batch that goes through a recurrent layer",
        )


def layers_of(model: nn.Module) -> dict[str, Recurrent]:
    """The recurrent layers of a model, by where they are.

    Raises:
        OptionError: If there are none.
    """
    found = {name: one for name, one in model.named_modules() if isinstance(one, Recurrent)}
    if not found:
        raise OptionError(
            f"a {type(model).__name__} without a recurrent layer of Recurra",
            "a Recurrent, RNN, LSTM or GRU, or a module that contains one",
            "build it with recurra.LSTM in place of torch.nn.LSTM: arguments and weights are alike",
        )
    return found


@contextmanager
def _replaced(
    layers: Mapping[str, Recurrent], called: list[Call], instead: Callable[[Call], Any]
) -> Iterator[None]:
    def replacing(name: str, layer: Recurrent) -> Callable[..., Any]:
        def forward(*arguments: Any, **named: Any) -> Any:
            bound = dict(_FORWARD.bind(layer, *arguments, **named).arguments)
            del bound["self"]
            called.append(Call(name, layer, bound))
            return instead(called[-1])

        return forward

    # An attribute of the one layer hides its class's method, and goes again.
    for name, layer in layers.items():
        vars(layer)["forward"] = replacing(name, layer)
    try:
        yield
    finally:
        for layer in layers.values():
            del vars(layer)["forward"]
