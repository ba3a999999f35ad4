"""The options of a layer, checked."""

from __future__ import annotations

from collections.abc import Sequence

from recurra.errors import OptionError
from recurra.options import whole


def positive(name: str, value: object) -> int:
    """A whole number of at least 1."""
    return whole(name, value, 1)


def sizes(hidden_size: int | Sequence[int], num_layers: int) -> tuple[int, ...]:
    """The units of each layer."""
    positive("num_layers", num_layers)
    if not isinstance(hidden_size, Sequence):
        return (positive("hidden_size", hidden_size),) * num_layers
    found = tuple(positive("hidden_size", size) for size in hidden_size)
    if not found or num_layers not in {1, len(found)}:
        raise OptionError(
            f"hidden_size={tuple(hidden_size)} with num_layers={num_layers}",
            "one size a layer",
            "leave num_layers out: it is the number of sizes",
        )
    return found


def dilations(dilation: int | Sequence[int], num_layers: int) -> tuple[int, ...]:
    """How many steps apart the steps lie that each layer connects."""
    if not isinstance(dilation, Sequence):
        return (positive("dilation", dilation),) * num_layers
    found = tuple(positive("dilation", one) for one in dilation)
    if len(found) != num_layers:
        raise OptionError(
            f"dilation={found} for {num_layers} layers", "one number, or one for each layer"
        )
    return found


def share(name: str, value: object) -> float:
    """A share from 0 up to but not 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
        raise OptionError(f"{name}={value!r}", "a share from 0 up to but not 1")
    return float(value)


def one_of(name: str, value: object, *allowed: str) -> str:
    """A word of those that are understood."""
    if value not in allowed:
        raise OptionError(f"{name}={value!r}", " or ".join(repr(word) for word in allowed))
    return str(value)
