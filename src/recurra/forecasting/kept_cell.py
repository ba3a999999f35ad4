"""The cell of a model, made again of what a file says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from recurra.description import describe, differences, own_cells, restore, written
from recurra.errors import ModelFileError
from recurra.language import Cell


def restored_cell(data: Mapping[str, Any], cell: Cell | None) -> Cell:
    """The cell that :func:`recurra.description.describe` described.

    Args:
        data: The description.
        cell: The cell, needed if a class in it is the user's own.

    Raises:
        ModelFileError: If the cell is needed and missing, or another than the one described.
    """
    if cell is not None:
        _check_same(data, cell)
        return cell
    if own_cells(data):
        raise _missing(data)
    return restore(data)


def _check_same(data: Mapping[str, Any], cell: Cell) -> None:
    lines = differences(data, describe(cell))
    if lines:
        raise ModelFileError(
            "\n".join(["the cell given is not the one that the model was fitted with", *lines[:8]]),
            "the same options and equations",
            "give the cell as it was then, or fit again with this one"
            if own_cells(data)
            else "leave the cell out: the file says it all",
        )


def _missing(data: Mapping[str, Any]) -> ModelFileError:
    whole, lines = written(data), own_cells(data)[0]["equations"]
    return ModelFileError(
        "\n  ".join([f"the model has a cell of your own, {whole}:", *lines[:12]]),
        "that cell beside the file, which holds no code",
        f"Forecaster.load(PATH, cell={whole}), or recurra predict --cell path/to/file.py:NAME",
    )
