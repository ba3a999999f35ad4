"""A step-by-step model made again of what a file holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from recurra.errors import ShapeError
from recurra.forecasting.stepwise import network as networks
from recurra.forecasting.stepwise.known import CONSTANTS, Known
from recurra.forecasting.stepwise.model import StepModel
from recurra.forecasting.stepwise.pace import Pace
from recurra.forecasting.stepwise.sight import Sight
from recurra.language import Cell

WEIGHTS = "network."


def read(
    description: Mapping[str, Any], arrays: Mapping[str, Tensor], cell: Cell | None
) -> tuple[StepModel, dict[str, Any]]:
    """The model, and the options ``cell`` and ``hidden_size``; see :class:`Reader`.

    Raises:
        ModelFileError: If the cell is needed and missing, or is another.
        ShapeError: If the numbers do not fit together.
    """
    network = networks.from_json(description["network"], cell)
    network.load_state_dict(
        {
            name.removeprefix(WEIGHTS): weight
            for name, weight in arrays.items()
            if name.startswith(WEIGHTS)
        }
    )
    model = StepModel(network, _known(description, arrays))
    recurrent = network.recurrent
    return model, {"cell": recurrent.cell, "hidden_size": recurrent.hidden_sizes}


def _known(description: Mapping[str, Any], arrays: Mapping[str, Tensor]) -> Known:
    # Files from before there were readings at irregular times have no pace.
    pace = description.get("pace")
    sight = Sight(
        int(description["lookback"]),
        int(description["lag"]),
        None if pace is None else Pace(float(pace[0]), float(pace[1])),
    )
    ids, columns = [*description["series"]], [arrays[name] for name in CONSTANTS]
    if min(sight.lookback, sight.lag) < 1 or any(one.shape != (len(ids),) for one in columns):
        shapes = [tuple(one.shape) for one in columns]
        raise ShapeError(f"constants of {len(ids)} series of shapes {shapes}, and {sight}")
    return Known(sight, ids, [*zip(*(one.tolist() for one in columns), strict=True)])
