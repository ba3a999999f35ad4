"""The files of both kinds of models: what a sequence is, and where its genes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import model_file
from recurra.errors import ModelFileError

KIND = "dna"
FORMAT = 1

CLASSES, GENES = "classes", "genes"
"""What a model answers."""


def answers_of(path: Path) -> str:
    """What a model answers.

    Raises:
        ModelFileError: If it is none, or damaged.
    """
    description, _ = model_file.read(path, KIND, FORMAT)
    return str(description.get("answers"))


def read(path: Path, answers: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The description and arrays of a model.

    Args:
        path: Of its file.
        answers: What it must answer.

    Raises:
        ModelFileError: If it is none, is damaged, or answers something else.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    if (found := description.get("answers")) != answers:
        raise ModelFileError(f"{path} answers {found}", f"a model of dna that answers {answers}")
    return description, arrays
