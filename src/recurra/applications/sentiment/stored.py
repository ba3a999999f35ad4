"""A classifier as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.sentiment.network import Network
from recurra.applications.sentiment.rules import Plan, Sizes
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.words import Lexicon, Vocabulary
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.sentiment.classifier import SentimentClassifier

KIND = "sentiment"
FORMAT = 1
_VOCABULARY = "vocabulary"

AnyClassifier = TypeVar("AnyClassifier", bound="SentimentClassifier")


def pack(classifier: SentimentClassifier) -> bytes:
    """The content of a fitted classifier's file."""
    plan = classifier.plan_
    description = {
        "settings": classifier.get_params(),
        "classes": classifier.classes_,
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "networks": len(classifier.networks_),
        "histories": [vars(one) for one in classifier.histories_],
        "notes": classifier.notes_,
    }
    arrays = {
        _VOCABULARY: classifier.lexicon_.vocabulary.to_tensor(),
        **weights_of(classifier.networks_),
    }
    return model_file.pack(KIND, FORMAT, description, arrays)


def load(cls: type[AnyClassifier], path: Path) -> AnyClassifier:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        told = description["plan"]
        loaded.plan_ = Plan(**{**told, "sizes": Sizes(**told["sizes"])})
        loaded.classes_ = tuple(description["classes"])
        words = Vocabulary.from_tensor(arrays[_VOCABULARY])
        loaded.lexicon_ = Lexicon(words, loaded.plan_.sizes.buckets)
        loaded.networks_ = [
            Network(loaded.lexicon_, loaded.plan_.sizes, len(loaded.classes_))
            for _ in range(description["networks"])
        ]
        fill(loaded.networks_, arrays)
        loaded.histories_ = [History(**one) for one in description["histories"]]
        loaded.held_out_ = None
        loaded.notes_ = tuple(description["notes"])
    return loaded
