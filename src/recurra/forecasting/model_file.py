"""The file of a forecaster: which format it has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import model_file

FORMAT = 3
"""The format that this version writes.

Format 1 had no regularisers and no cells of the user's own, 2 no other form than step by step.
"""


def pack(kind: str, description: Mapping[str, Any], arrays: Mapping[str, Tensor]) -> bytes:
    """The content of a model's file; see :func:`recurra.model_file.pack`."""
    return model_file.pack(kind, FORMAT, description, arrays)


def read(path: Path, kind: str) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Reads a model that :func:`pack` made; see :func:`recurra.model_file.read`."""
    return model_file.read(path, kind, FORMAT)
