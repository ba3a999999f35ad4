"""The network of a forecaster, and the same as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from recurra.cells import find, names
from recurra.errors import OptionError
from recurra.language import Cell
from recurra.layers import Recurrent
from recurra.structures import ManyToOne


def build(cell: Cell | str, hidden_size: int | Sequence[int], channels: int = 1) -> ManyToOne:
    """A stack of recurrent layers that reads a window, and a dense layer that answers.

    Args:
        cell: A cell or its name.
        hidden_size: The units of each layer.
        channels: I, the numbers in each step of a window.
    """
    return ManyToOne(Recurrent(cell, channels, hidden_size, batch_first=True), output_size=1)


def to_json(network: ManyToOne) -> dict[str, Any]:
    """All that :func:`from_json` needs to build it again.

    Raises:
        OptionError: If the cell is the user's own, which a file without code cannot hold.
    """
    recurrent = network.recurrent
    _check_known(recurrent.cell)
    return {
        "cell": recurrent.cell.name,
        "cell_options": asdict(recurrent.cell),
        "hidden_size": list(recurrent.hidden_sizes),
        "channels": recurrent.input_size,
    }


def from_json(data: dict[str, Any]) -> ManyToOne:
    """The network that :func:`to_json` described, its weights not yet loaded."""
    cell = find(data["cell"])(**data["cell_options"])
    return build(cell, tuple(data["hidden_size"]), data["channels"])


def _check_known(cell: Cell) -> None:
    if cell.name not in names() or find(cell.name) is not type(cell):
        raise OptionError(
            f"a model with a cell of your own, {cell.name}, to be kept in a file",
            f"one that comes with Recurra ({', '.join(names())}), since the file holds no code",
            "keep the weights with safetensors.torch.save_model(forecaster.network_, PATH)",
        )
