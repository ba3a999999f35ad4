"""A model of prices as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from recurra import model_file
from recurra.applications.prices.naive import Naive
from recurra.applications.prices.network import Network
from recurra.applications.prices.rules import Plan
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.prices.model import PriceModel

KIND = "prices"
FORMAT = 1

AnyModel = TypeVar("AnyModel", bound="PriceModel")


def pack(model: PriceModel) -> bytes:
    """The content of a fitted model's file."""
    description = {
        "settings": model.get_params(),
        "plan": vars(model.plan_),
        "histories": [vars(one) for one in model.histories_],
        "naive": vars(model.naive_),
        "radii": {str(level): radius for level, radius in model.radii_.items()},
        "judged_from": str(model.judged_from_),
        "notes": model.notes_,
    }
    return model_file.pack(KIND, FORMAT, description, weights_of(model.networks_))


def load(cls: type[AnyModel], path: Path) -> AnyModel:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.plan_ = Plan(**description["plan"])
        loaded.histories_ = [History(**one) for one in description["histories"]]
        loaded.networks_ = [Network(loaded.plan_) for _ in loaded.histories_]
        fill(loaded.networks_, arrays)
        loaded.naive_ = Naive(**description["naive"])
        loaded.radii_ = {int(level): radius for level, radius in description["radii"].items()}
        loaded.judged_from_ = np.datetime64(description["judged_from"])
        loaded.held_out_, loaded.held_out_paths_ = None, None
        loaded.notes_ = tuple(description["notes"])
    return loaded
