"""The files of both kinds of models: what writes sentences, and what draws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import model_file
from recurra.errors import ModelFileError

KIND = "caption"
FORMAT = 1

TEXT, STROKES = "text", "strokes"
"""What a model answers."""


def answers_of(path: Path) -> str:
    """What a model answers.

    Raises:
        ModelFileError: If it is none, or damaged.
    """
    return _answers(model_file.read(path, KIND, FORMAT)[0])


def read(path: Path, answers: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """The description and arrays of a model.

    Args:
        path: Of its file.
        answers: What it must answer.

    Raises:
        ModelFileError: If it is none, is damaged, or answers something else.
    """
    description, arrays = model_file.read(path, KIND, FORMAT)
    if (found := _answers(description)) != answers:
        raise ModelFileError(
            f"{path} answers {found}", f"a model of caption that answers {answers}"
        )
    return description, arrays


def _answers(description: dict[str, Any]) -> str:
    # The first captioners did not say what they write.
    return str(description.get("answers", TEXT))
