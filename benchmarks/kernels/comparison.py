"""Whether two layers compute the same: asked before any time is taken."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

TOLERANCE = 1e-4
"""The largest difference allowed, relative to the largest number."""


ZERO = 1e-10
"""A tensor whose largest number is smaller than this share of all tensors' is zero but for
rounding, and is measured by the largest number of all."""


def distances(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> dict[str, float]:
    """The largest difference in each tensor, relative to its largest number that is wanted."""
    if found.keys() != wanted.keys():
        raise SystemExit(f"different tensors: {sorted(found)} and {sorted(wanted)}")
    largest = {name: float(tensor.detach().abs().max()) for name, tensor in wanted.items()}
    overall = max(largest.values()) or 1.0
    return {
        name: _difference(name, found[name], tensor)
        / (largest[name] if largest[name] > ZERO * overall else overall)
        for name, tensor in wanted.items()
    }


def _difference(name: str, found: Tensor, wanted: Tensor) -> float:
    if found.shape != wanted.shape:
        raise SystemExit(f"{name} of shapes {tuple(found.shape)} and {tuple(wanted.shape)}")
    return float((found.detach().double() - wanted.detach().double()).abs().max())


def farthest(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> tuple[float, str]:
    """The tensor that is farthest apart, and how far."""
    return max((distance, name) for name, distance in distances(found, wanted).items())


def check(
    what: str, found: Mapping[str, Tensor], wanted: Mapping[str, Tensor], most: float = TOLERANCE
) -> None:
    """Ends the program where some tensor is too far apart, or no number."""
    for name, tensor in found.items():
        if not bool(torch.isfinite(tensor).all()):
            raise SystemExit(f"{what}: {name} is not finite")
    distance, name = farthest(found, wanted)
    if not distance <= most:
        raise SystemExit(f"{what}: {name} is {distance:.1e} apart, more than {most:.0e}")
