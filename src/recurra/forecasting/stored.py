"""A forecaster as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from recurra.description import describe
from recurra.errors import CellError, ModelFileError, RecurraError, ShapeError
from recurra.forecasting import model_file
from recurra.forecasting import network as networks
from recurra.forecasting.changes import Changes
from recurra.forecasting.clock import Clock
from recurra.forecasting.columns import Columns
from recurra.forecasting.frequency import Frequency
from recurra.forecasting.intervals import Calibration
from recurra.forecasting.plan import Plan
from recurra.forecasting.scaling import Scale
from recurra.forecasting.sight import Sight
from recurra.forecasting.tail import Tail
from recurra.forecasting.times import TimeStyle
from recurra.language import Cell
from recurra.training import History

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster

KIND = "forecaster"
SETTINGS = (
    "lookback",
    "horizon",
    "strategy",
    "optimizer",
    "learning_rate",
    "epochs",
    "batch_size",
    "validation",
    "test",
    "seed",
)

AnyForecaster = TypeVar("AnyForecaster", bound="Forecaster")


def pack(forecaster: Forecaster) -> bytes:
    """The content of a fitted forecaster's file."""
    return model_file.pack(KIND, _description(forecaster), _arrays(forecaster))


def load(cls: type[AnyForecaster], path: Path, cell: Cell | None) -> AnyForecaster:
    """Reads what :func:`pack` made, from a file.

    Args:
        cls: What to make of it.
        path: The file.
        cell: The cell, needed if it is the user's own.

    Raises:
        CellError: If the cell that was given cannot be read.
        ModelFileError: If the file cannot be, or has another cell.
    """
    description, arrays = model_file.read(path, KIND)
    if cell is not None:
        _check_cell(cell)
    try:
        return _restored(cls, description, arrays, cell)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error.given}", error.expected, error.do) from error
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        RuntimeError,
        RecurraError,
    ) as error:
        raise ModelFileError(
            f"{path} does not hold together: {error}",
            "a file as Recurra wrote it",
            "it may have been changed or damaged: fit again",
        ) from error


def _check_cell(cell: Cell) -> None:
    """A cell with a fault of its own is no fault of the file."""
    if not isinstance(cell, Cell):
        raise CellError(
            f"cell={cell!r}",
            "the cell that the model was fitted with",
            f"write {cell.__name__}()"
            if isinstance(cell, type)
            else "leave it out if it is none of your own",
        )
    describe(cell)


def _description(forecaster: Forecaster) -> dict[str, Any]:
    return {
        "settings": {name: getattr(forecaster, name) for name in SETTINGS},
        "network": networks.to_json(forecaster.network_),
        "plan": vars(forecaster.plan_),
        "season": forecaster.season_,
        "lag": forecaster.tails_[0].changes.sight.lag,
        "columns": forecaster.clock_.columns.to_json(),
        "frequency": forecaster.clock_.frequency.code,
        "times": forecaster.clock_.style.to_json(),
        "series": [tail.id for tail in forecaster.tails_],
        "history": vars(forecaster.history_),
        "verdict": forecaster.verdict_,
        "inferred": forecaster.inferred_,
    }


def _arrays(forecaster: Forecaster) -> dict[str, Tensor]:
    tails = forecaster.tails_
    arrays = {
        "tails.origin": np.array([tail.origin for tail in tails]).astype(np.int64),
        "tails.length": np.array([tail.length for tail in tails], dtype=np.int64),
        "tails.values": np.stack([tail.values for tail in tails]),
        "tails.mean": np.array([tail.scale.mean for tail in tails]),
        "tails.deviation": np.array([tail.scale.deviation for tail in tails]),
        "tails.drift": np.array([tail.changes.drift.item() for tail in tails], dtype=np.float32),
        "tails.spread": np.array([tail.changes.spread.item() for tail in tails], dtype=np.float32),
        "calibration.errors": forecaster.calibration_.errors,
    }
    weights = forecaster.network_.state_dict()
    return {
        **{name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()},
        **{f"network.{name}": tensor for name, tensor in weights.items()},
    }


def _restored(
    cls: type[AnyForecaster],
    description: dict[str, Any],
    arrays: dict[str, Tensor],
    cell: Cell | None,
) -> AnyForecaster:
    network = networks.from_json(description["network"], cell)
    weights = {
        name.removeprefix("network."): tensor
        for name, tensor in arrays.items()
        if name.startswith("network.")
    }
    network.load_state_dict(weights)
    recurrent = network.recurrent
    loaded = cls(cell=recurrent.cell, hidden_size=recurrent.hidden_sizes, **description["settings"])
    loaded.network_ = network
    loaded.plan_ = Plan(**description["plan"])
    loaded.season_ = int(description["season"])
    loaded.clock_ = Clock(
        Columns.from_json(description["columns"]),
        Frequency.parse(description["frequency"]),
        TimeStyle.from_json(description["times"]),
    )
    loaded.tails_ = _tails(description, loaded.clock_, arrays)
    loaded.calibration_ = Calibration(arrays["calibration.errors"].numpy())
    loaded.history_ = History(**description["history"])
    loaded.evaluation_ = None
    loaded.verdict_ = description["verdict"]
    loaded.inferred_ = description["inferred"]
    loaded.notes_ = tuple(description["inferred"]["notes"])
    return loaded


def _tails(
    description: dict[str, Any], clock: Clock, arrays: dict[str, Tensor]
) -> tuple[Tail, ...]:
    sight = Sight(int(description["plan"]["lookback"]), int(description["lag"]))
    origins = arrays["tails.origin"].numpy()
    if clock.frequency.unit != "step":
        origins = origins.astype("datetime64[us]")
    columns = (arrays[f"tails.{name}"] for name in ("length", "values", "mean", "deviation"))
    lengths, values, means, deviations = (column.numpy() for column in columns)
    if sight.lag < 1 or values.shape != (len(description["series"]), sight.reach):
        raise ShapeError(f"ends of series of shape {values.shape} with lag {sight.lag}")
    return tuple(
        Tail(
            name,
            origins[row],
            int(lengths[row]),
            values[row],
            Scale(float(means[row]), float(deviations[row])),
            Changes(sight, arrays["tails.drift"][row], arrays["tails.spread"][row]),
        )
        for row, name in enumerate(description["series"])
    )
