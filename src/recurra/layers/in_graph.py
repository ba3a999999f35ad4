"""A layer's call as torch.compile sees it: one function, which its graph names and does not read.

What a layer does in Python, such as reading equations and making code, is no part of a graph. So
the function is called while the graph is made, and the graph gets the tensor operations that come
of it: those of :mod:`recurra.kernels.cpu.registered`, or of the reference.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Hashable, Iterable
from threading import RLock
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from recurra.layers.whole_stack import KEPT

if TYPE_CHECKING:
    from recurra.layers.recurrent import Recurrent

_SETTINGS = (
    "training",
    "input_size",
    "hidden_sizes",
    "bidirectional",
    "batch_first",
    "bias",
    "proj_size",
    "residual",
    "dilation",
    "merge",
    "reverse",
    "truncate",
)
"""What a graph is made for, beside cell and dropout; if one of them changes, another is made."""

_forms: list[_Form] = []
_numbers: dict[Hashable, int] = {}
_lock = RLock()


def call(layer: Recurrent, x: Tensor | PackedSequence, state: Any, **options: Any) -> Any:
    """What calling a layer gives. This is the Python that torch.compile reads.

    Args:
        layer: The layer.
        x: As for its call.
        state: Likewise.
        options: All else.
    """
    named = [*layer.named_parameters(), *layer.named_buffers()]
    names = tuple([name for name, _ in named])
    settings = tuple([getattr(layer, name) for name in _SETTINGS])
    number = layer._number_in_graphs(id(layer.cell), settings, names)
    # torch may make a variable of the graph of any fraction, but not of one that is compared.
    if isinstance(x, PackedSequence) or number is None or layer.dropout != _dropout(number):
        # How such a call goes on depends on what a graph does not know: it ends here.
        alone = torch.compiler.disable(layer.forward)  # type: ignore[no-untyped-call]
        return alone(x, state, **options)
    return _run(number, names, [tensor for _, tensor in named], x, state, **options)


def number_of(layer: Recurrent, forward: Callable[..., Any], key: Hashable) -> int | None:
    """What graphs call a layer; all that are alike have one number. Runs while a graph is made.

    Args:
        layer: The layer.
        forward: What its call does.
        key: What others of its number are like it in.

    Returns:
        The number; None if a weight is no parameter but computed before each call, as by a hook.
    """
    torch.compiler.allow_in_graph(_run)  # type: ignore[no-untyped-call]
    if any(isinstance(v, Tensor) for module in layer.modules() for v in vars(module).values()):
        return None
    key = (key, layer.dropout)
    if key not in _numbers:
        _forms.append(_Form(layer, forward))
        _numbers[key] = len(_forms) - 1
    return _numbers[key]


def _dropout(number: int) -> float:
    """That of the layers of a number. Runs while a graph is made."""
    return _forms[number].layer.dropout


_dropout._dynamo_marked_constant = True  # type: ignore[attr-defined]


def _run(
    number: int, names: Iterable[str], tensors: list[Tensor], *given: Any, **options: Any
) -> Any:
    """The layer's own call, with tensors that may only stand for its parameters."""
    held = {f"layer.{name}": tensor for name, tensor in zip(names, tensors, strict=True)}
    with _lock:
        return torch.func.functional_call(_forms[number], held, given, options)


class _Form(nn.Module):
    """A layer without its numbers and hooks; hooks run where the layer is called."""

    def __init__(self, layer: Recurrent, call: Callable[..., Any]) -> None:
        super().__init__()
        known: dict[int, Any] = {id(layer.cell): layer.cell}
        for tensor in (*layer.parameters(), *layer.buffers()):
            known[id(tensor)] = torch.empty_like(tensor, device="meta")
        for module in layer.modules():
            for name, value in vars(module).items():
                if isinstance(value, dict) and (name == KEPT or name.endswith("_hooks")):
                    known[id(value)] = type(value)()
        self.layer: Recurrent = copy.deepcopy(layer, known)
        self.call = call

    def forward(self, *given: Any, **options: Any) -> Any:
        return self.call(self.layer, *given, **options)
