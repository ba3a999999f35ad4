"""One checkpoint as one file: safetensors with JSON in its header, and a digest of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from recurra.training.checkpoints import plain

FORMAT = 1
"""Of what a checkpoint holds; one of another format is refused."""

TREE, DIGEST = "recurra", "digest"


class DamagedError(Exception):
    """A file that is no whole checkpoint; its message says why."""


def pack(content: Mapping[str, Any]) -> bytes:
    """The bytes of a checkpoint.

    Args:
        content: What :func:`plain.apart` takes.

    Raises:
        OptionError: If something in it cannot be kept.
    """
    tree, tensors = plain.apart(content)
    text = json.dumps(tree, allow_nan=False)
    return save(tensors, metadata={TREE: text, DIGEST: _digest(text, tensors)})


def read(path: Path) -> dict[str, Any]:
    """What was packed.

    Raises:
        DamagedError: If the file is not what was written.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            # Copies lie in memory as torch's own do, and hold on to no file that is removed.
            tensors = {name: file.get_tensor(name).clone() for name in file.keys()}  # noqa: SIM118
        text = metadata[TREE]
        whole = metadata[DIGEST] == _digest(text, tensors)
    except (SafetensorError, OSError, LookupError, ValueError) as error:
        raise DamagedError(str(error)) from error
    if not whole:
        raise DamagedError("its content has changed since it was written")
    content: dict[str, Any] = plain.together(json.loads(text), tensors)
    return content


def _digest(text: str, tensors: Mapping[str, Tensor]) -> str:
    found = hashlib.blake2b(text.encode(), digest_size=32)
    for name in sorted(tensors):
        tensor = tensors[name]
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
        if tensor.numel():
            found.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()
