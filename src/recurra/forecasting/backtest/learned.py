"""What a fit has settled, digested, so that two fits can be compared bit for bit."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import numpy as np
from torch import Tensor, nn

CLOCKS = ("seconds",)
"""What differs from run to run and says nothing."""

SETTLED = re.compile(
    r"(^|[.\]'])(scal\w*|state_dict|weights?|coef|means?|deviation|std|spread|drift|changes"
    r"|history_|season_|plan_)\b"
)
"""Names of what is settled by the training and validation parts alone."""

JUDGING = re.compile(r"^(evaluation|verdict|score|metric)")
"""Names of what is there to judge by, and so must depend on the rest."""

DEEPEST = 8


def learned(model: object) -> dict[str, str]:
    """The fitted attributes of a forecaster, those whose names end in ``_``, by their path.

    Arrays, tensors, the weights of networks, numbers and texts count, in whatever lists, mappings
    and dataclasses they lie; the wall clock does not.

    Returns:
        A digest a path, such as ``"prepared_[0].scale.mean"``.
    """
    found: dict[str, str] = {}
    for name, value in vars(model).items():
        if name.endswith("_") and not name.startswith("_"):
            found |= dict(_leaves(name, value, 0))
    return found


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """The paths at which two fits differ."""
    return [path for path in {**one, **other} if one.get(path) != other.get(path)]


def settled(leaves: Mapping[str, str]) -> dict[str, str]:
    """Of all leaves the scalers, the weights and what else is learned from training time."""
    return {
        path: digest
        for path, digest in leaves.items()
        if SETTLED.search(path) and not JUDGING.search(path)
    }


def judged_apart(model: object) -> bool:
    """Whether the model that forecasts has learned anew, from more than the one that was judged."""
    judged = getattr(model, "judged_", None)
    return judged is not None and judged is not getattr(model, "model_", None)


def of_the_judged(leaves: Mapping[str, str]) -> dict[str, str]:
    """Those of the model that was judged."""
    return {path: digest for path, digest in leaves.items() if path.startswith("judged_")}


def _leaves(path: str, value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, nn.Module):
        path, value = f"{path}.state_dict", value.state_dict()
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, np.ndarray | np.generic):
        yield path, _digest(f"{value.dtype}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, str | int | float | bool | None):
        yield path, repr(value)
    elif depth < DEEPEST:
        for name, part in _parts(value):
            yield from _leaves(f"{path}{name}", part, depth + 1)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.name not in CLOCKS]
        yield from ((f".{name}", getattr(value, name)) for name in names)
    elif isinstance(value, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in value.items())
    elif isinstance(value, Sequence):
        yield from ((f"[{number}]", part) for number, part in enumerate(value))
    elif (
        hasattr(value, "__dict__")
        and not isinstance(value, type | ModuleType)
        and not callable(value)
    ):
        names = [name for name in vars(value) if name not in CLOCKS and not name.startswith("_")]
        yield from ((f".{name}", getattr(value, name)) for name in names)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
