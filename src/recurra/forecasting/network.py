"""The network of a forecaster, and the same as plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from recurra.description import describe, differences, own_cells, restore, written
from recurra.errors import ModelFileError
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
    if cell is not None:
        _check_same(data, cell)
    elif own_cells(data):
        raise _missing(data)
    known = restore(data) if cell is None else cell
    return build(known, tuple(data["hidden_size"]), data["channels"])


def _check_same(data: dict[str, Any], cell: Cell) -> None:
    lines = differences(data, describe(cell))
    if lines:
        raise ModelFileError(
            "\n".join(["the cell given is not the one that the model was fitted with", *lines[:8]]),
            "the same options and equations",
            "give the cell as it was then, or fit again with this one"
            if own_cells(data)
            else "leave the cell out: the file says it all",
        )


def _missing(data: dict[str, Any]) -> ModelFileError:
    whole, lines = written(data), own_cells(data)[0]["equations"]
    return ModelFileError(
        "\n  ".join([f"the model has a cell of your own, {whole}:", *lines[:12]]),
        "that cell beside the file, which holds no code",
        f"Forecaster.load(PATH, cell={whole}), or recurra predict --cell path/to/file.py:NAME",
    )
