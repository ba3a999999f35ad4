"""A finder of genes as one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from recurra import model_file
from recurra.applications.dna.files import FORMAT, GENES, KIND, read
from recurra.applications.dna.genes.network import Network
from recurra.applications.dna.genes.rules import Plan, Sizes
from recurra.applications.stored import fill, restoring, weights_of
from recurra.training import History

if TYPE_CHECKING:
    from recurra.applications.dna.genes.finder import GeneFinder

AnyFinder = TypeVar("AnyFinder", bound="GeneFinder")


def pack(finder: GeneFinder) -> bytes:
    """The content of a fitted finder's file."""
    plan = finder.plan_
    description = {
        "answers": GENES,
        "settings": finder.get_params(),
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "starts": finder.starts_,
        "least": finder.least_,
        "networks": len(finder.networks_),
        "histories": [vars(one) for one in finder.histories_],
        "notes": finder.notes_,
    }
    return model_file.pack(KIND, FORMAT, description, weights_of(finder.networks_))


def load(cls: type[AnyFinder], path: Path) -> AnyFinder:
    """Reads what :func:`pack` made, from a file.

    Raises:
        ModelFileError: If it cannot be read.
    """
    description, arrays = read(path, GENES)
    with restoring(path):
        loaded = cls(**description["settings"])
        told = description["plan"]
        loaded.plan_ = Plan(**{**told, "sizes": Sizes(**told["sizes"])})
        loaded.starts_ = dict(description["starts"])
        loaded.least_ = float(description["least"])
        loaded.networks_ = [Network(loaded.plan_.sizes) for _ in range(description["networks"])]
        fill(loaded.networks_, arrays)
        loaded.histories_ = [History(**one) for one in description["histories"]]
        loaded.held_out_, loaded.track_ = None, None
        loaded.notes_ = tuple(description["notes"])
    return loaded
