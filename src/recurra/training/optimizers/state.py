"""What is kept of a weight from one step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.training.optimizers.rule import Rule

COUNT = "step"
"""How torch calls the number of steps that were taken."""


def taken(rule: Rule, state: dict[str, Any]) -> int:
    """The steps that were taken, as far as the rule tells them apart."""
    match rule.counting:
        case "none":
            return 0
        case "first":
            return int(all(isinstance(state.get(name), Tensor) for name in rule.states))
        case "all":
            return int(state.get(COUNT, 0))


def states(rule: Rule, weight: Tensor, state: dict[str, Any]) -> list[Tensor]:
    """The states of a weight, laid out as it is; made if they are missing.

    Raises:
        ShapeError: One was made for a weight of another shape.
    """
    return [_state(name, weight, state) for name in rule.states]


def count(state: dict[str, Any]) -> Tensor:
    """Where steps are counted: float32 of shape () on the CPU, as in torch; made if missing."""
    found = torch.as_tensor(state.get(COUNT, 0.0), dtype=torch.float32, device="cpu")
    state[COUNT] = found = found.detach().reshape(())
    return found


def same(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the same objects; tensors must not be compared by their numbers."""
    return len(some) == len(others) and all(map(is_, some, others))


def _state(name: str, weight: Tensor, state: dict[str, Any]) -> Tensor:
    found = state.get(name)
    if not isinstance(found, Tensor):
        found = torch.zeros_like(weight, requires_grad=False)
    if found.shape != weight.shape:
        raise ShapeError(
            f"The optimizer keeps {name} of shape {tuple(found.shape)} for a parameter of shape "
            f"{tuple(weight.shape)}.",
            "one shape for both",
            "make a new optimizer for the parameters as they are now, or load a state_dict that "
            "was made with them",
        )
    alike = found.dtype == weight.dtype and found.device == weight.device
    if not alike or found.stride() != weight.stride():
        found = torch.empty_like(weight, requires_grad=False).copy_(found)
    state[name] = found
    return found
