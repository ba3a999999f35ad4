"""A classifier of actions as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications import series_learning
from recurra.applications.action.preparation import Motion
from recurra.applications.stored import restoring

if TYPE_CHECKING:
    from recurra.applications.action.classifier import ActionClassifier

KIND = "action"
FORMAT = 1

AnyClassifier = TypeVar("AnyClassifier", bound="ActionClassifier")


def pack(classifier: ActionClassifier) -> bytes:
    """The content of a fitted classifier's file."""
    description = {
        "settings": classifier.get_params(),
        "classes": classifier.classes_,
        "notes": classifier.notes_,
    }
    return series_learning.pack(KIND, FORMAT, description, classifier.plan_, classifier.members_)


def load(cls: type[AnyClassifier], path: Path) -> AnyClassifier:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        loaded.classes_ = tuple(description["classes"])
        loaded.notes_ = tuple(description["notes"])
        loaded.plan_ = series_learning.plan_of(description)
        loaded.members_ = series_learning.members_of(
            description, arrays, len(loaded.classes_), Motion.from_json
        )
        loaded.held_out_ = None
    return loaded
