"""What a trial may be given, and the spaces that values are drawn from."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from recurra.errors import OptionError

OPTIMIZERS = ("adam", "adamw", "rmsprop", "sgd")
LOSSES = ("mean", "sum")


@dataclass(frozen=True)
class Settings:
    """All that a trial is trained with.

    Attributes:
        hidden_size: H, units of each layer, at least 1; None where a study gives all an equal
            number of parameters.
        layers: Recurrent layers, at least 1.
        learning_rate: Above 0.
        optimizer: ``"adam"``, ``"adamw"``, ``"rmsprop"``, or ``"sgd"``, which has Nesterov's
            momentum.
        one_minus_momentum: 1 less the momentum of ``sgd``, above 0 to 1.
        weight_decay: At least 0; of ``adamw`` and ``sgd``.
        batch_size: B, the most sequences a step, at least 1; None for what the task is used to.
        loss: ``"mean"`` of the steps (or sequences) of a batch, or their ``"sum"``.
        clip_norm: The most that the gradient's norm may be, above 0; 0 for no bound.
        input_noise: Standard deviation of the normal noise that is added to each input while it
            learns, at least 0.
        dropout: Share of what the last layer says that is dropped while it learns, from 0 to
            below 1.
    """

    hidden_size: int | None = None
    layers: int = 1
    learning_rate: float = 1e-3
    optimizer: str = "adam"
    one_minus_momentum: float = 0.1
    weight_decay: float = 0.0
    batch_size: int | None = None
    loss: str = "mean"
    clip_norm: float = 1.0
    input_noise: float = 0.0
    dropout: float = 0.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if name in {"hidden_size", "batch_size"} and value is None:
                continue
            if not allowed(name, value):
                raise OptionError(f"{name}={value!r} in a study", _RANGES[name][0])


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def is_number(value: object) -> bool:
    """Whether it is a finite number."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


Range = tuple[str, Any]

_RANGES: Mapping[str, Range] = {
    "hidden_size": ("a whole number of at least 1", _whole),
    "layers": ("a whole number of at least 1", _whole),
    "learning_rate": ("a finite number above 0", lambda v: is_number(v) and v > 0),
    "optimizer": (f"one of {', '.join(OPTIMIZERS)}", lambda v: v in OPTIMIZERS),
    "one_minus_momentum": ("above 0, at most 1", lambda v: is_number(v) and 0 < v <= 1),
    "weight_decay": ("a finite number of at least 0", lambda v: is_number(v) and v >= 0),
    "batch_size": ("a whole number of at least 1", _whole),
    "loss": (f"one of {', '.join(LOSSES)}", lambda v: v in LOSSES),
    "clip_norm": ("a finite number of at least 0", lambda v: is_number(v) and v >= 0),
    "input_noise": ("a finite number of at least 0", lambda v: is_number(v) and v >= 0),
    "dropout": ("a share from 0 to below 1", lambda v: is_number(v) and 0 <= v < 1),
}

NAMES = tuple(_RANGES)
WHOLE = frozenset({"hidden_size", "layers", "batch_size"})


def allowed(name: str, value: object) -> bool:
    """Whether a setting may have a value."""
    return bool(_RANGES[name][1](value))


def check_name(name: str, where: str) -> None:
    """Refuses what is no setting.

    Raises:
        OptionError: If it is none.
    """
    if name not in _RANGES:
        raise OptionError(f"{name!r} in {where}", f"one of {', '.join(NAMES)}")


@dataclass(frozen=True)
class Interval:
    """Numbers from ``low`` to ``high``, both included.

    Attributes:
        low: The least.
        high: The greatest, above it.
        log: Whether their logarithms are drawn evenly; ``low`` is above 0 then.
    """

    low: float
    high: float
    log: bool = False

    def check(self, name: str) -> None:
        """Refuses an interval in which the setting has no values.

        Raises:
            OptionError: If it is empty or beyond the range of the setting.
        """
        shown = f"space of {name}: from {self.low!r} to {self.high!r}"
        if not (is_number(self.low) and is_number(self.high) and self.low < self.high):
            raise OptionError(shown, "finite numbers, low below high")
        if self.log and self.low <= 0:
            raise OptionError(f"{shown}, log", "low above 0 where logarithms are drawn")
        for end in (self.low, self.high):
            if not allowed(name, end):
                raise OptionError(shown, f"{_RANGES[name][0]} at both ends")

    def within(self, name: str) -> Any:
        """As optuna has it."""
        from optuna import distributions  # noqa: PLC0415 - an extra, loaded when used

        if name in WHOLE:
            return distributions.IntDistribution(int(self.low), int(self.high), log=self.log)
        return distributions.FloatDistribution(self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Choice:
    """Some values.

    Attributes:
        values: At least one, each once.
    """

    values: Sequence[Any]

    def check(self, name: str) -> None:
        """Refuses values that the setting cannot have.

        Raises:
            OptionError: If there are none, or one is out of range.
        """
        for value in self.values:
            if not allowed(name, value):
                raise OptionError(f"space of {name}: {value!r}", _RANGES[name][0])
        if not self.values or len(set(self.values)) != len(self.values):
            raise OptionError(
                f"space of {name}: {list(self.values)!r}", "at least one value, each once"
            )

    def within(self, name: str) -> Any:
        """As optuna has it."""
        from optuna import distributions  # noqa: PLC0415 - an extra, loaded when used

        return distributions.CategoricalDistribution(list(self.values))


Space = Mapping[str, Interval | Choice]
