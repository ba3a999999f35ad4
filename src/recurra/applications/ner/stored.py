"""A tagger as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.ner.cutter import Cutter
from recurra.applications.ner.network import Network
from recurra.applications.ner.notation import NOTATIONS
from recurra.applications.ner.pairs import Pairs
from recurra.applications.ner.reading import Glossary
from recurra.applications.ner.rules import Plan, Sizes
from recurra.applications.stored import fill, restoring, weights_of
from recurra.applications.words import Lexicon, Vocabulary
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.ner.tagger import EntityTagger

KIND = "ner"
FORMAT = 1
_WORDS, _SHAPES, _PAIRS = "words", "shapes", "pairs"

AnyTagger = TypeVar("AnyTagger", bound="EntityTagger")


def pack(tagger: EntityTagger) -> bytes:
    """The content of a fitted tagger's file."""
    plan = tagger.plan_
    description = {
        "settings": tagger.get_params(),
        "kinds": tagger.kinds_,
        "notation": tagger.notation_.name,
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "networks": len(tagger.networks_),
        "histories": [vars(one) for one in tagger.histories_],
        "notes": tagger.notes_,
    }
    arrays = {
        _WORDS: tagger.glossary_.lexicon.vocabulary.to_tensor(),
        _SHAPES: tagger.glossary_.shapes.to_tensor(),
        _PAIRS: tagger.glossary_.pairs.codes,
        **tagger.cutter_.to_tensors(),
        **weights_of(tagger.networks_),
    }
    return model_file.pack(KIND, FORMAT, description, arrays)


def load(cls: type[AnyTagger], path: Path) -> AnyTagger:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    with restoring(path):
        loaded = cls(**description["settings"])
        told = description["plan"]
        loaded.plan_ = Plan(**{**told, "sizes": Sizes(**told["sizes"])})
        loaded.kinds_ = tuple(description["kinds"])
        loaded.notation_ = NOTATIONS[description["notation"]]
        loaded.cutter_ = Cutter.from_tensors(arrays)
        words = Vocabulary.from_tensor(arrays[_WORDS])
        loaded.glossary_ = Glossary(
            Lexicon(words, loaded.plan_.sizes.buckets),
            Vocabulary.from_tensor(arrays[_SHAPES]),
            Pairs(arrays[_PAIRS]),
        )
        loaded.networks_ = [
            Network(loaded.glossary_, loaded.plan_.sizes, loaded.kinds_)
            for _ in range(description["networks"])
        ]
        fill(loaded.networks_, arrays)
        loaded.histories_ = [History(**one) for one in description["histories"]]
        loaded.held_out_, loaded.marked_ = None, []
        loaded.notes_ = tuple(description["notes"])
    return loaded
