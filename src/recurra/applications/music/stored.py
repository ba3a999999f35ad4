"""A model of music as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.music.network import Composer
from recurra.applications.music.roll import Grid
from recurra.applications.music.rules import Plan
from recurra.applications.music.scores import Counts
from recurra.applications.music.voices import Voices
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.music.model import MusicModel

KIND = "music"
FORMAT = 1
_COUNTS, _VOICES = "counts", "voices"

AnyModel = TypeVar("AnyModel", bound="MusicModel")


def pack(model: MusicModel) -> bytes:
    """The content of a fitted model's file."""
    description = {
        "settings": model.get_params(),
        "grid": vars(model.grid_),
        "plan": vars(model.plan_),
        "history": vars(model.history_),
        "notes": model.notes_,
    }
    arrays = {
        _COUNTS: model.counts_.odds,
        _VOICES: model.voices_.table,
        **weights_of([model.composer_]),
    }
    return model_file.pack(KIND, FORMAT, description, arrays)


def load(cls: type[AnyModel], path: Path) -> AnyModel:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.grid_ = Grid(**description["grid"])
        loaded.plan_ = Plan(**description["plan"])
        loaded.counts_, loaded.voices_ = Counts(arrays[_COUNTS]), Voices(arrays[_VOICES])
        loaded.composer_ = Composer(loaded.plan_)
        fill([loaded.composer_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.held_out_pieces_ = None, []
        loaded.chosen_on_held_out_ = False
        loaded.notes_ = tuple(description["notes"])
    return loaded
