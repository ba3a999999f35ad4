"""A translator as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.translate.checks import Given
from recurra.applications.translate.languages import Languages
from recurra.applications.translate.network import Network
from recurra.applications.translate.rules import Plan
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.translate.translator import Translator

KIND = "translate"
FORMAT = 1
_SUBWORDS = "subwords."

AnyTranslator = TypeVar("AnyTranslator", bound="Translator")


def pack(translator: Translator) -> bytes:
    """The content of a fitted translator's file."""
    description = {
        "settings": translator.get_params(),
        "plan": vars(translator.plan_),
        "ratio": translator.ratio_,
        "history": vars(translator.history_),
        "notes": translator.notes_,
    }
    subwords = {_SUBWORDS + k: v for k, v in translator.languages_.to_tensors().items()}
    # One embedding may serve in several places; it is written once.
    weights = {
        name: tensor
        for name, tensor in weights_of([translator.network_]).items()
        if name not in _twins(translator.network_)
    }
    return model_file.pack(KIND, FORMAT, description, {**subwords, **weights})


def load(cls: type[AnyTranslator], path: Path) -> AnyTranslator:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
        OptionError: If tokenizers is missing.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.plan_, loaded.ratio_ = Plan(**description["plan"]), float(description["ratio"])
        subwords = {
            name.removeprefix(_SUBWORDS): tensor
            for name, tensor in arrays.items()
            if name.startswith(_SUBWORDS)
        }
        own = loaded.languages_ = Languages.from_tensors(subwords)
        loaded.network_ = Network(loaded.plan_, own.sizes, shared=own.shared)
        twins = {twin: arrays[name] for twin, name in _twins(loaded.network_).items()}
        fill([loaded.network_], {**arrays, **twins})
        loaded.history_ = History(**description["history"])
        loaded.held_out_, loaded.samples_ = None, Given([], [])
        loaded.notes_ = tuple(description["notes"])
    return loaded


def _twins(network: Network) -> dict[str, str]:
    """The names of weights that are others' too, each with the first name of those."""
    first: dict[int, str] = {}
    twins = {}
    for name, tensor in weights_of([network]).items():
        known = first.setdefault(tensor.data_ptr(), name)
        if known != name:
            twins[name] = known
    return twins
