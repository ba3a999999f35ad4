"""What writes captions as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.caption.files import FORMAT, KIND, TEXT, read
from recurra.applications.caption.network import Network
from recurra.applications.caption.rules import Plan
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.words import Sentences
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.caption.captioner import Captioner

_SUBWORDS = "subwords"

AnyCaptioner = TypeVar("AnyCaptioner", bound="Captioner")


def pack(captioner: Captioner) -> bytes:
    """The content of a fitted captioner's file."""
    description = {
        "answers": TEXT,
        "settings": captioner.get_params(),
        "plan": vars(captioner.plan_),
        "longest": captioner.longest_,
        "history": vars(captioner.history_),
        "notes": captioner.notes_,
    }
    subwords = {_SUBWORDS: captioner.sentences_.to_tensor()}
    return model_file.pack(
        KIND, FORMAT, description, {**subwords, **weights_of([captioner.network_])}
    )


def load(cls: type[AnyCaptioner], path: Path) -> AnyCaptioner:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
        OptionError: If tokenizers is missing.
    """
    description, arrays = read(path, TEXT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.plan_, loaded.longest_ = Plan(**description["plan"]), int(description["longest"])
        loaded.sentences_ = Sentences.from_tensor(arrays[_SUBWORDS])
        loaded.network_ = Network(loaded.plan_, len(loaded.sentences_))
        fill([loaded.network_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.samples_ = None, None
        loaded.notes_ = tuple(description["notes"])
    return loaded
