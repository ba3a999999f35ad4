"""What draws as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.caption.files import FORMAT, KIND, STROKES, read
from recurra.applications.caption.strokes.network import Network
from recurra.applications.caption.strokes.rules import Plan
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.caption.strokes.drawer import Drawer

AnyDrawer = TypeVar("AnyDrawer", bound="Drawer")


def pack(drawer: Drawer) -> bytes:
    """The content of a fitted drawer's file."""
    description = {
        "answers": STROKES,
        "settings": drawer.get_params(),
        "plan": vars(drawer.plan_),
        "scale": drawer.network_.scale,
        "longest": drawer.longest_,
        "history": vars(drawer.history_),
        "notes": drawer.notes_,
    }
    return model_file.pack(KIND, FORMAT, description, weights_of([drawer.network_]))


def load(cls: type[AnyDrawer], path: Path) -> AnyDrawer:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = read(path, STROKES)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.plan_, loaded.longest_ = Plan(**description["plan"]), int(description["longest"])
        loaded.network_ = Network(loaded.plan_, float(description["scale"]))
        fill([loaded.network_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.samples_ = None, None
        loaded.notes_ = tuple(description["notes"])
    return loaded
