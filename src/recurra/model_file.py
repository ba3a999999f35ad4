"""One file a model: safetensors, with everything that is not an array as JSON in its header.

Nothing is pickled, so a file can be opened without running what is in it. Each kind of model counts
its own formats: those of this and every former number load; a newer one says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from recurra.errors import ModelFileError

_KEY = "recurra"
_CHECKSUM = "checksum"


def pack(
    kind: str, number: int, description: Mapping[str, Any], arrays: Mapping[str, Tensor]
) -> bytes:
    """The content of a model's file.

    Args:
        kind: What the model is: ``"forecaster"``, or the name of a job.
        number: The format of its kind.
        description: Plain data.
        arrays: The tensors, by name.
    """
    content = {"format": number, "kind": kind, **description}
    header = json.dumps(content, allow_nan=False, default=_plain)
    tensors = {name: array.detach().clone().contiguous() for name, array in arrays.items()}
    return save(tensors, metadata={_KEY: header, _CHECKSUM: _checksum(header, tensors)})


def _checksum(header: str, tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of all that the file says, so that a bit that was flipped on its way is seen."""
    found = hashlib.sha256(header.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        found.update(np.ascontiguousarray(tensor.numpy()).tobytes())
    return found.hexdigest()


def _plain(number: np.generic) -> Any:
    """Numpy's numbers as Python's: searches over settings hand them in."""
    return number.item()


def read(path: Path, kind: str, newest: int) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Reads a model that :func:`pack` made.

    Args:
        path: The file.
        kind: What it must be.
        newest: The newest format of the kind that is known.

    Returns:
        The description and the tensors.

    Raises:
        ModelFileError: If there is no such file, it is damaged, or it is something else.
    """
    metadata, arrays = _opened(path, tensors=True)
    description = _checked(path, kind, newest, metadata)
    # Files of versions before this one have no checksum.
    given = metadata.get(_CHECKSUM)
    if given is not None and given != _checksum(metadata[_KEY], arrays):
        raise ModelFileError(
            f"{path} is damaged: what it holds is not what was written",
            "a file as Recurra wrote it",
            "copy it again, or fit again",
        )
    return description, arrays


def kind_of(path: Path) -> str:
    """What a file is: ``"forecaster"``, or the name of a job.

    Raises:
        ModelFileError: If there is no such file, it is damaged, or no model of Recurra.
    """
    return str(_described(path, _opened(path, tensors=False)[0])["kind"])


def _opened(path: Path, *, tensors: bool) -> tuple[dict[str, str], dict[str, Tensor]]:
    if (path / "model.safetensors").is_file():
        raise ModelFileError(
            f"{path} is a folder",
            "a file that Recurra wrote",
            f"name the file in it, {path / 'model.safetensors'}",
        )
    if not path.is_file():
        raise ModelFileError(
            f"no model file at {path}",
            "a file that Recurra wrote, usually model.safetensors",
        )
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            names = file.keys() if tensors else ()
            arrays = {name: file.get_tensor(name) for name in names}
    except (SafetensorError, OSError) as error:
        raise ModelFileError(
            f"{path} cannot be read as a model: {error}",
            "a whole safetensors file",
            "it may have been cut short while it was copied: copy it again, or fit again",
        ) from error
    return metadata, arrays


def _checked(path: Path, kind: str, newest: int, metadata: Mapping[str, str]) -> dict[str, Any]:
    description = _described(path, metadata)
    number, found = int(description["format"]), str(description["kind"])
    if found != kind:
        raise ModelFileError(f"{path} holds a {found}", f"a {kind}")
    if number > newest:
        raise ModelFileError(
            f"{path} has format {number}",
            f"at most {newest}, which this version knows",
            "install a newer version of Recurra",
        )
    return description


def _described(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    if _KEY not in metadata:
        raise ModelFileError(
            f"{path} holds tensors, but not a model of Recurra",
            "a file that Recurra wrote",
        )
    try:
        description: dict[str, Any] = json.loads(metadata[_KEY])
        int(description["format"]), str(description["kind"])
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise ModelFileError(
            f"the description in {path} is damaged", "the JSON that Recurra wrote", "fit again"
        ) from error
    return description
