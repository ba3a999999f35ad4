"""Optimizers by name."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from torch import nn
from torch.optim import Optimizer

from recurra.errors import OptionError
from recurra.training.limits import positive
from recurra.training.optimizers.adam import Adam, AdamW
from recurra.training.optimizers.rmsprop import KERAS_EPSILON, RMSprop
from recurra.training.optimizers.sgd import SGD


def _adam(parameters: Iterable[nn.Parameter], rate: float) -> Optimizer:
    return Adam(parameters, lr=rate, eps=KERAS_EPSILON)


def _adamw(parameters: Iterable[nn.Parameter], rate: float) -> Optimizer:
    return AdamW(parameters, lr=rate, eps=KERAS_EPSILON)


_BUILDERS: dict[str, Callable[[Iterable[nn.Parameter], float], Optimizer]] = {
    "rmsprop": RMSprop,
    "adam": _adam,
    "adamw": _adamw,
    "sgd": SGD,
}


def build_optimizer(
    name: str, parameters: Iterable[nn.Parameter], learning_rate: float
) -> Optimizer:
    """An optimizer by its name.

    Args:
        name: "rmsprop" (`RMSprop`), "adam" and "adamw" (`Adam` and `AdamW`, with Keras's epsilon
            1e-7) or "sgd" (`SGD`, without momentum).
        parameters: What to optimize: `model.parameters()`.
        learning_rate: Finite and above 0.

    Raises:
        OptionError: The name is unknown, or the learning rate is out of range.
    """
    positive(learning_rate=learning_rate)
    if name not in _BUILDERS:
        near = difflib.get_close_matches(name.lower(), _BUILDERS, n=1, cutoff=0.0)
        raise OptionError(
            f"The optimizer {name!r} is unknown.", f"one of {', '.join(_BUILDERS)}", near[0]
        )
    return _BUILDERS[name](parameters, learning_rate)
