"""A recogniser as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.speech.alphabet import Alphabet
from recurra.applications.speech.network import Network
from recurra.applications.speech.rules import Plan, Sizes
from recurra.applications.speech.spectrum import Scale
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.words import Vocabulary
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.speech.recogniser import SpeechRecogniser

KIND = "speech"
FORMAT = 1
_WORDS, _MEAN, _DEVIATION = "words", "mean", "deviation"

AnyRecogniser = TypeVar("AnyRecogniser", bound="SpeechRecogniser")


def pack(recogniser: SpeechRecogniser) -> bytes:
    """The content of a fitted recogniser's file."""
    plan = recogniser.plan_
    description = {
        "settings": recogniser.get_params(),
        "letters": recogniser.alphabet_.letters,
        "rate": recogniser.rate_,
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "history": vars(recogniser.history_),
        "notes": recogniser.notes_,
    }
    arrays = {
        _WORDS: Vocabulary(recogniser.words_).to_tensor(),
        _MEAN: recogniser.scale_.mean,
        _DEVIATION: recogniser.scale_.deviation,
        **weights_of([recogniser.network_]),
    }
    return model_file.pack(KIND, FORMAT, description, arrays)


def load(cls: type[AnyRecogniser], path: Path) -> AnyRecogniser:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        told = description["plan"]
        loaded.plan_ = Plan(**{**told, "sizes": Sizes(**told["sizes"])})
        loaded.alphabet_ = Alphabet(description["letters"])
        loaded.words_ = list(Vocabulary.from_tensor(arrays[_WORDS]).symbols)
        loaded.rate_ = int(description["rate"])
        loaded.scale_ = Scale(arrays[_MEAN], arrays[_DEVIATION])
        loaded.network_ = Network(loaded.plan_.sizes, len(loaded.alphabet_))
        fill([loaded.network_], arrays)
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.samples_ = None, []
        loaded.notes_ = tuple(description["notes"])
    return loaded
