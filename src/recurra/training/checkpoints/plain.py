"""Nested data with tensors in it, as JSON and tensors by name, and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recurra.errors import OptionError


def apart(data: Any) -> tuple[Any, dict[str, Tensor]]:
    """What JSON can hold of some data, and the tensors in it by name.

    Args:
        data: None, truth values, numbers, text, tensors, and lists, tuples and dictionaries of
            these; keys may be numbers as well.

    Returns:
        The first with the name of each tensor in its place. Tensors are copies on the CPU, which
        share no memory.

    Raises:
        OptionError: If there is anything else in it.
    """
    tensors: dict[str, Tensor] = {}
    return _apart(data, tensors), tensors


def together(tree: Any, tensors: Mapping[str, Tensor]) -> Any:
    """The data that :func:`apart` gave, gone through JSON."""
    match tree:
        case {"float": text}:
            return float(text)
        case {"tensor": name}:
            return tensors[name]
        case {"list": parts}:
            return [together(part, tensors) for part in parts]
        case {"tuple": parts}:
            return tuple(together(part, tensors) for part in parts)
        case {"dict": items}:
            return {together(key, tensors): together(part, tensors) for key, part in items}
    return tree


def _apart(data: Any, tensors: dict[str, Tensor]) -> Any:
    match data:
        case np.generic():
            return _apart(data.item(), tensors)
        case float() if not math.isfinite(data):
            return {"float": repr(data)}
        case None | bool() | int() | float() | str():
            return data
        case Tensor():
            name = str(len(tensors))
            copied = data.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
            tensors[name] = copied
            return {"tensor": name}
        case list():
            return {"list": [_apart(part, tensors) for part in data]}
        # A named one would come back without its names.
        case tuple() if not hasattr(data, "_fields"):
            return {"tuple": [_apart(part, tensors) for part in data]}
        case Mapping():
            parts = [[_apart(key, tensors), _apart(part, tensors)] for key, part in data.items()]
            return {"dict": parts}
    raise OptionError(
        f"a state that holds a {type(data).__name__}",
        "numbers, text, tensors, and lists, tuples and dictionaries of these",
        "bring it to such in state_dict, and back in load_state_dict",
    )
