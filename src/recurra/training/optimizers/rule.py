"""What an optimizer does to a weight: its equations, written once for all ways to run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

V = TypeVar("V")


class Arithmetic(Protocol[V]):
    """How equations are run: on vectors of compiled code, or on lists of tensors.

    The last of several arguments may be one of the rule's numbers; all others are a value of each
    weight. Each operation rounds once, so that what is written in torch's order has torch's bits.
    """

    def add(self, a: V, b: V | Any, /) -> V:
        """A + b."""
        ...

    def subtract(self, a: V, b: V | Any, /) -> V:
        """A - b."""
        ...

    def multiply(self, a: V, b: V | Any, /) -> V:
        """A times b."""
        ...

    def divide(self, a: V, b: V | Any, /) -> V:
        """A / b."""
        ...

    def add_product(self, a: V, b: V, c: V | Any, /) -> V:
        """A + b c, rounded once."""
        ...

    def root(self, a: V, /) -> V:
        """The square root."""
        ...


Equations = Callable[[Arithmetic[Any], Any, Any, Sequence[Any], Sequence[Any]], tuple[Any, ...]]
"""From weight, gradient, states and numbers to the weight and the states after the step."""


@dataclass(frozen=True, eq=False)
class Rule:
    """An optimizer in one of its forms.

    Attributes:
        name: What distinguishes it from other rules.
        equations: What a step does.
        numbers: From the options of a parameter group and the steps that were taken before, to the
            numbers in the equations; at most `MOST_NUMBERS`.
        states: What is kept of each weight from one step to the next, by the names in
            ``optimizer.state``; 0 before the first step.
        counting: Which steps the numbers tell apart: none, the first from all others, or all, in
            which case ``optimizer.state`` also keeps how many were taken, as ``step``.
    """

    name: str
    equations: Equations
    numbers: Callable[[Mapping[str, Any], int], tuple[float, ...]]
    states: tuple[str, ...] = ()
    counting: Literal["none", "first", "all"] = "none"


MOST_NUMBERS = 8
