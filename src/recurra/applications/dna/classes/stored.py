"""A classifier as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.dna.classes.network import Network
from recurra.applications.dna.classes.rules import Plan, Sizes
from recurra.applications.dna.files import CLASSES, FORMAT, KIND, read
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.dna.classes.classifier import SequenceClassifier

AnyClassifier = TypeVar("AnyClassifier", bound="SequenceClassifier")


def pack(classifier: SequenceClassifier) -> bytes:
    """The content of a fitted classifier's file."""
    plan = classifier.plan_
    description = {
        "answers": CLASSES,
        "settings": classifier.get_params(),
        "classes": classifier.classes_,
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "networks": len(classifier.networks_),
        "histories": [vars(one) for one in classifier.histories_],
        "notes": classifier.notes_,
    }
    return model_file.pack(KIND, FORMAT, description, weights_of(classifier.networks_))


def load(cls: type[AnyClassifier], path: Path) -> AnyClassifier:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = read(path, CLASSES)
    with restoring(path):
        loaded = cls(**description["settings"])
        told = description["plan"]
        loaded.plan_ = Plan(**{**told, "sizes": Sizes(**told["sizes"])})
        loaded.classes_ = tuple(description["classes"])
        loaded.networks_ = [
            Network(loaded.plan_.sizes, len(loaded.classes_))
            for _ in range(description["networks"])
        ]
        fill(loaded.networks_, arrays)
        loaded.histories_ = [History(**one) for one in description["histories"]]
        loaded.held_out_ = None
        loaded.notes_ = tuple(description["notes"])
    return loaded
