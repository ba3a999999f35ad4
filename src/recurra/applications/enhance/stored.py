"""What makes pictures better as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.enhance.material import Levels
from recurra.applications.enhance.network import Network
from recurra.applications.enhance.rules import Plan
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.enhance.enhancer import Enhancer

KIND = "enhance"
FORMAT = 1

AnyEnhancer = TypeVar("AnyEnhancer", bound="Enhancer")


def pack(enhancer: Enhancer) -> bytes:
    """The content of a fitted enhancer's file."""
    description = {
        "settings": enhancer.get_params(),
        "plan": vars(enhancer.plan_),
        "channels": enhancer.channels_,
        "pairs": enhancer.pairs_,
        "levels": vars(enhancer.network_.levels),
        "history": vars(enhancer.history_),
        "notes": enhancer.notes_,
    }
    return model_file.pack(KIND, FORMAT, description, weights_of([enhancer.network_]))


def load(cls: type[AnyEnhancer], path: Path) -> AnyEnhancer:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.plan_ = Plan(**description["plan"])
        loaded.channels_ = int(description["channels"])
        loaded.pairs_ = bool(description["pairs"])
        levels = Levels(**description["levels"])
        loaded.network_ = Network(loaded.channels_, loaded.plan_, levels)
        fill([loaded.network_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.samples_ = None, []
        loaded.notes_ = tuple(description["notes"])
    return loaded
