"""The network of a forecaster, and the same as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.description import describe
from recurra.forecasting.kept_cell import restored_cell
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
    """All that :func:`from_json` needs to build it again, but for code of the user's own."""
    recurrent = network.recurrent
    return {
        **describe(recurrent.cell),
        "hidden_size": list(recurrent.hidden_sizes),
        "channels": recurrent.input_size,
    }


def from_json(data: dict[str, Any], cell: Cell | None = None) -> ManyToOne:
    """The network that :func:`to_json` described, its weights not yet loaded.

    Args:
        data: The description.
        cell: The cell, needed if a class in it is the user's own.

    Raises:
        ModelFileError: If the cell is needed and missing, or another than the one described.
    """
    return build(restored_cell(data, cell), tuple(data["hidden_size"]), data["channels"])
