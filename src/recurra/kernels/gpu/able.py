"""What the kernel for GPUs can run, and where."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec

import torch

from recurra.kernels.gpu.functions import FUNCTIONS
from recurra.language import Schedule
from recurra.language.expression import Pointwise, topological

_TRIED = (3, 6)
"""The oldest version of Triton that cells were run with."""

_LEAST = (8, 0)
"""The oldest kind of GPU, by its compute capability, that Triton's compiler is used for."""


def obstacle(schedule: Schedule, device: torch.device, dtype: torch.dtype) -> str | None:
    """What it cannot do, in words; None if it can run a cell there.

    Args:
        schedule: The cell's step.
        device: Where its numbers lie.
        dtype: Their type.
    """
    if lacking := _without_triton() or _missing(schedule):
        return lacking
    if dtype is not torch.float32:
        return f"numbers of type {dtype} are not compiled for GPUs"
    return _of_device(device)


def machinery(device: torch.device) -> str:
    """What the code is made for, in words."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "Triton's interpreter"


def _of_device(device: torch.device) -> str | None:
    if device.type != "cuda":
        return None if _is_interpreted() else f"the numbers lie on {device.type}"
    if torch.version.hip is not None:
        return "the kernel for GPUs was never run on one that is not NVIDIA's"
    if torch.is_autocast_enabled("cuda"):
        return "numbers of several types, as under autocast, are not compiled for GPUs"
    found = _capability(device)
    if found < _LEAST:
        return f"this GPU is of compute capability {found[0]}.{found[1]}, older than 8.0"
    return None


@cache
def _without_triton() -> str | None:
    """Why Triton cannot be used."""
    if find_spec("triton") is None:
        return "Triton, which compiles cells for GPUs, is not installed (pip install triton)"
    import triton  # noqa: PLC0415 - only where a GPU's tensor has arrived

    if tuple(map(int, triton.__version__.split(".")[:2])) < _TRIED:
        return f"Triton {triton.__version__} is older than 3.6, with which cells were tried"
    return None


@cache
def _capability(device: torch.device) -> tuple[int, int]:
    return torch.cuda.get_device_capability(device)


def _is_interpreted() -> bool:
    """Whether Triton runs kernels by its interpreter, as the environment may ask for."""
    from triton import knobs  # noqa: PLC0415 - only where it was asked for

    return bool(knobs.runtime.interpret)


@cache
def _missing(schedule: Schedule) -> str | None:
    """What of a cell is not compiled."""
    order = topological(schedule.results)
    used = {node.primitive for node in order if isinstance(node, Pointwise)}
    for name in sorted(used - {*FUNCTIONS}):
        return f"the function {name} is not compiled for GPUs"
    return None
