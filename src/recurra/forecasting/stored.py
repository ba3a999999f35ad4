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
from recurra.forecasting.calibration import kept, read
from recurra.forecasting.clock import Clock
from recurra.forecasting.columns import Columns
from recurra.forecasting.covariates import Covariates, Encoding
from recurra.forecasting.covariates.stored import restored, tensors
from recurra.forecasting.covariates.wanted import OPTIONS
from recurra.forecasting.forms import READERS
from recurra.forecasting.model import Model
from recurra.forecasting.old_formats import upgraded
from recurra.forecasting.plan import Plan
from recurra.forecasting.scaling import Scale
from recurra.forecasting.stored_readings import readings_again, readings_of
from recurra.forecasting.tail import Tail
from recurra.language import Cell
from recurra.tables.frequency import Frequency
from recurra.tables.times import TimeStyle
from recurra.tables.zones import Zone
from recurra.training import History

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster

KIND = "forecaster"
MODEL = "model."
"""What the names of the model's own tensors begin with."""

COVARIATES = "covariates."
"""Likewise those of the covariates that forecasts go on from."""

CALIBRATION = "calibration."
"""Likewise those of what intervals and paths are made with."""

SETTINGS = (
    "lookback",
    "horizon",
    "strategy",
    "optimizer",
    "learning_rate",
    "epochs",
    "steps",
    "batch_size",
    "ensemble",
    "seasonality",
    "dilation",
    "validation",
    "test",
    "refit",
    "seed",
    "auto",
    "by",
    "head",
    *OPTIONS,
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
        return _restored(cls, *upgraded(description, arrays), cell)
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
        "form": forecaster.model_.form,
        "settings": {name: getattr(forecaster, name) for name in SETTINGS},
        "model": forecaster.model_.describe(),
        "plan": vars(forecaster.plan_),
        "season": forecaster.season_,
        "columns": forecaster.clock_.columns.to_json(),
        "frequency": forecaster.clock_.frequency.code,
        "times": forecaster.clock_.style.to_json(),
        "zone": forecaster.clock_.zone.to_json(),
        "series": [tail.id for tail in forecaster.tails_],
        "history": vars(forecaster.history_),
        "verdict": forecaster.verdict_,
        "inferred": forecaster.inferred_,
        "covariates": _told(forecaster.covariates_),
    }


def _told(covariates: Covariates | None) -> dict[str, Any] | None:
    """What covariates are but arrays; the series are those of the forecaster."""
    if covariates is None:
        return None
    return {"encoding": covariates.encoding.to_json(), "left_out": sorted(covariates.left_out)}


def _arrays(forecaster: Forecaster) -> dict[str, Tensor]:
    tails = forecaster.tails_
    arrays = {
        "tails.origin": np.array([tail.origin for tail in tails]).astype(np.int64),
        "tails.length": np.array([tail.length for tail in tails], dtype=np.int64),
        "tails.values": np.stack([tail.values for tail in tails]),
        "tails.seen": np.stack([tail.seen for tail in tails]),
        "tails.skipped": np.array([tail.skipped for tail in tails], dtype=np.int64),
        "series.origin": np.array(
            [forecaster.origins_[name] for name in forecaster.model_.ids]
        ).astype(np.int64),
        "tails.mean": np.array([tail.scale.mean for tail in tails]),
        "tails.deviation": np.array([tail.scale.deviation for tail in tails]),
        **{f"{CALIBRATION}{name}": one for name, one in kept(forecaster.calibration_).items()},
    }
    covariates = forecaster.covariates_
    beside = {} if covariates is None else tensors(covariates)
    arrays |= readings_of(tails)
    return {
        **{name: torch.from_numpy(np.ascontiguousarray(array)) for name, array in arrays.items()},
        **{f"{MODEL}{name}": tensor for name, tensor in forecaster.model_.arrays().items()},
        **{f"{COVARIATES}{name}": tensor for name, tensor in beside.items()},
    }


def _restored(
    cls: type[AnyForecaster],
    description: dict[str, Any],
    arrays: dict[str, Tensor],
    cell: Cell | None,
) -> AnyForecaster:
    model, options = _model(description, arrays, cell)
    _check_weights(model)
    loaded = cls(**options, **_settings(description["settings"]))
    loaded.model_ = model
    loaded.plan_ = Plan(**description["plan"])
    loaded.season_ = int(description["season"])
    loaded.clock_ = Clock(
        Columns.from_json(description["columns"]),
        Frequency.parse(description["frequency"]),
        TimeStyle.from_json(description["times"]),
        # Files from before there were readings at irregular times know of no zone here.
        Zone.from_json(description.get("zone", Zone().to_json())),
    )
    loaded.tails_ = _tails(description["series"], model, loaded.clock_, arrays)
    loaded.origins_ = dict(
        zip(model.ids, _times(arrays["series.origin"], loaded.clock_), strict=True)
    )
    loaded.covariates_ = _covariates(description, arrays)
    loaded.calibration_ = read(
        {name: one.numpy() for name, one in _under(CALIBRATION, arrays).items()}
    )
    loaded.history_ = History(**description["history"])
    loaded.evaluation_ = None
    loaded.verdict_ = description["verdict"]
    loaded.inferred_ = description["inferred"]
    loaded.notes_ = tuple(description["inferred"]["notes"])
    return loaded


def _check_weights(model: Model) -> None:
    weights = (weight for one in model.modules() for weight in one.parameters())
    if not all(bool(weight.isfinite().all()) for weight in weights):
        raise ShapeError("weights that are no finite numbers")


def _settings(stored: dict[str, Any]) -> dict[str, Any]:
    """JSON has no tuples."""
    return {name: tuple(one) if isinstance(one, list) else one for name, one in stored.items()}


def _covariates(description: dict[str, Any], arrays: dict[str, Tensor]) -> Covariates | None:
    """None as well in files from before there were any."""
    told = description.get("covariates")
    return (
        None
        if told is None
        else restored(
            Encoding.from_json(told["encoding"]),
            description["series"],
            _under(COVARIATES, arrays),
            told["left_out"],
        )
    )


def _under(prefix: str, arrays: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}


def _model(
    description: dict[str, Any], arrays: dict[str, Tensor], cell: Cell | None
) -> tuple[Model, dict[str, Any]]:
    """The model, and the options that only it tells."""
    return READERS[description["form"]](description["model"], _under(MODEL, arrays), cell)


def _tails(
    ids: list[str], model: Model, clock: Clock, arrays: dict[str, Tensor]
) -> tuple[Tail, ...]:
    origins = _times(arrays["tails.origin"], clock)
    names = ("length", "values", "seen", "mean", "deviation", "skipped")
    lengths, values, seen, means, deviations, skipped = (
        arrays[f"tails.{name}"].numpy() for name in names
    )
    if not values.shape == seen.shape == (len(ids), model.reach):
        raise ShapeError(f"ends of series of shapes {values.shape} and {seen.shape}")
    numbers = {name: number for number, name in enumerate(model.ids)}
    readings = readings_again(arrays, clock.style, lengths)
    return tuple(
        Tail(
            name,
            origins[row],
            int(lengths[row]),
            values[row],
            seen[row],
            Scale(float(means[row]), float(deviations[row])),
            numbers[name],
            int(skipped[row]),
            readings[row] if readings else None,
        )
        for row, name in enumerate(ids)
    )


def _times(numbers: Tensor, clock: Clock) -> Any:
    """Times again, of what a file holds of them."""
    times = numbers.numpy()
    return times if clock.style.counts else times.astype("datetime64[us]")
