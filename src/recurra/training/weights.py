"""Copies of a model's weights: in memory, and in a file that is never half-written."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from recurra import atomic


def copy_weights(model: nn.Module) -> dict[str, Any]:
    """A copy of the model's state_dict that further training leaves alone."""
    return copy.deepcopy(model.state_dict())


def write_weights(model: nn.Module, path: Path) -> None:
    """Writes the model's state_dict as safetensors, whole or not at all.

    Raises:
        OutputError: The file cannot be written there.
    """
    atomic.write(path, save(_separate(model.state_dict())))


def _separate(state: dict[str, Any]) -> dict[str, Tensor]:
    # safetensors refuses tied weights, which share memory, and tensors that are not contiguous.
    return {
        name: value.detach().clone(memory_format=torch.contiguous_format)
        for name, value in state.items()
    }
