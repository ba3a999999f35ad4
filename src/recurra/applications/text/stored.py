"""A language model as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.text.network import Reader
from recurra.applications.text.rules import Plan
from recurra.applications.words import Characters, Subwords
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.text.model import LanguageModel

KIND = "text"
FORMAT = 1
_ALPHABET, _FREQUENCY = "alphabet", "frequency"

AnyModel = TypeVar("AnyModel", bound="LanguageModel")


def pack(model: LanguageModel) -> bytes:
    """The content of a fitted model's file."""
    description = {
        "settings": model.get_params(),
        "plan": vars(model.plan_),
        "history": vars(model.history_),
        "notes": model.notes_,
    }
    arrays = {
        _ALPHABET: model.alphabet_.to_tensor(),
        _FREQUENCY: model.frequency_,
        **weights_of([model.reader_]),
    }
    return model_file.pack(KIND, FORMAT, description, arrays)


def load(cls: type[AnyModel], path: Path) -> AnyModel:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
        OptionError: If a library for its subwords is missing.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        kind = Characters if loaded.symbols == "characters" else Subwords
        loaded.alphabet_ = kind.from_tensor(arrays[_ALPHABET])
        loaded.frequency_ = arrays[_FREQUENCY]
        loaded.plan_ = Plan(**description["plan"])
        loaded.reader_ = Reader(loaded.plan_, len(loaded.alphabet_))
        fill([loaded.reader_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.held_out_text_ = None, ""
        loaded.notes_ = tuple(description["notes"])
    return loaded
