"""A table of a model's layers, as Keras prints one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from torch import nn

from recurra.layers.recurrent import Recurrent


def summary(model: nn.Module) -> None:
    """Prints the layers of a model, the shapes of their outputs and their parameters.

    B stands for the batch, T for time; a shape that depends on more than the layer itself is shown
    with dots.

    Args:
        model: Any module; recurrent layers are shown one by one.
    """
    table = Table(title=type(model).__name__, title_justify="left")
    table.add_column("Layer (type)")
    table.add_column("Output shape")
    table.add_column("Parameters", justify="right")
    for name, shape, parameters in _rows(model, ""):
        table.add_row(name, shape, f"{parameters:,}")
    total = _count(model)
    trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
    console = Console(highlight=False, soft_wrap=True)
    console.print(table)
    console.print(f"Total parameters: {total:,} ({trainable:,} trainable)")


def _count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _rows(module: nn.Module, path: str) -> Iterator[tuple[str, str, int]]:
    """Name and type, output shape and parameters of each layer below."""
    if isinstance(module, Recurrent):
        yield from _recurrent_rows(module, path)
    elif not any(True for _ in module.children()):
        if _count(module):
            yield f"{path or 'model'} ({type(module).__name__})", _shape(module), _count(module)
    else:
        for name, child in module.named_children():
            yield from _rows(child, f"{path}.{name}" if path else name)


def _recurrent_rows(module: Recurrent, path: str) -> Iterator[tuple[str, str, int]]:
    order = "B, T" if module.batch_first else "T, B"
    ways = len(module.directions)
    for number, (layer, units) in enumerate(zip(module.layers, module.hidden_sizes, strict=True)):
        name = f"{path}.{number}" if path else str(number)
        both = ", both directions" if ways == 2 else ""
        yield f"{name} ({module.cell.name}{both})", f"({order}, {units * ways})", _count(layer)


def _shape(module: nn.Module) -> str:
    return f"(..., {module.out_features})" if isinstance(module, nn.Linear) else "..."
