"""A segment-wise model made again of what a file holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from torch import Tensor

from recurra.errors import ShapeError
from recurra.forecasting.kept_cell import restored_cell
from recurra.forecasting.segments.constants import Constants
from recurra.forecasting.segments.model import SegmentModel
from recurra.forecasting.segments.settings import Settings
from recurra.language import Cell


def read(
    description: Mapping[str, Any], arrays: Mapping[str, Tensor], cell: Cell | None
) -> tuple[SegmentModel, dict[str, Any]]:
    """The model, and the options ``cell`` and ``hidden_size``; see :class:`Reader`.

    Raises:
        ModelFileError: If the cell is needed and missing, or is another.
        ShapeError: If the numbers do not fit together.
    """
    settings = Settings.from_json(description["settings"])
    known = restored_cell(description["cell"], cell)
    zeros = np.zeros((len(description["series"]), settings.season))
    networks = []
    for number in range(int(description["networks"])):
        prefix = f"network.{number}."
        network = settings.build(known, zeros, number)
        network.load_state_dict(
            {
                name.removeprefix(prefix): one
                for name, one in arrays.items()
                if name.startswith(prefix)
            }
        )
        networks.append(network)
    constants = Constants(*(arrays[f"series.{one.name}"].numpy() for one in fields(Constants)))
    ids = [*description["series"]]
    if any(len(getattr(constants, one.name)) != len(ids) for one in fields(Constants)):
        raise ShapeError(f"constants of other than {len(ids)} series")
    model = SegmentModel(settings, tuple(networks), constants, ids)
    return model, {"cell": known, "hidden_size": settings.hidden_size}
