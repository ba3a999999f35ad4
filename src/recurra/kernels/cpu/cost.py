"""What a step of a cell takes, read off its passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from recurra.kernels.cpu.functions import SAVED
from recurra.kernels.cpu.passes import passes
from recurra.kernels.cpu.plan import Plan
from recurra.language import Schedule
from recurra.language.expression import Expression, Linear, Pointwise, topological


@dataclass(frozen=True)
class Cost:
    """What a step takes, forwards and backwards, for each row.

    Attributes:
        matrices: The matrices that are multiplied by.
        loops: The loops over the units; all threads and units meet after each.
        functions: Exponentials, logarithms, roots and quotients a unit.
        operations: Everything else that is computed unit by unit.
        kept: The numbers a unit that training keeps for the way back, states apart.
        drawn: The random numbers a unit.
    """

    matrices: int
    loops: int
    functions: int
    operations: int
    kept: int
    drawn: int

    def __sub__(self, other: Cost) -> Cost:
        """How much more it is than another."""
        names = [field.name for field in fields(self)]
        return Cost(**{name: getattr(self, name) - getattr(other, name) for name in names})

    def __str__(self) -> str:
        """In words, nothing said of what is 0."""
        parts = [
            f"{value:,} {_WORDS[field.name] if value != 1 else _WORD[field.name]}"
            for field in fields(self)
            if (value := getattr(self, field.name))
        ]
        return ", ".join(parts) or "nothing"


_WORDS = {
    "matrices": "matrices",
    "loops": "loops over the units",
    "functions": "functions a unit",
    "operations": "other operations a unit",
    "kept": "numbers a unit kept in training",
    "drawn": "random numbers a unit",
}

_WORD = {
    "matrices": "matrix",
    "loops": "loop over the units",
    "functions": "function a unit",
    "operations": "other operation a unit",
    "kept": "number a unit kept in training",
    "drawn": "random number a unit",
}

OPTIONS = {
    "lengths": "lengths=",
    "reset": "reset=",
    "cut": "truncate=",
    "every": 'states="all"',
}
"""The options that change the code, and how users write them."""


def cost(
    schedule: Schedule,
    *,
    lengths: bool = False,
    reset: bool = False,
    cut: bool = False,
    every: bool = False,
) -> Cost:
    """What a step of a cell takes in training with some options."""
    made = passes(schedule, lengths=lengths, reset=reset, cut=cut, every=every)
    plans = (made.training, made.backward.plan)
    nodes = [node for plan in plans for node in _computed(plan)]
    dear = sum(node.primitive in SAVED for node in nodes)
    used = topological(schedule.results)
    return Cost(
        matrices=len({node.parameter for node in used if isinstance(node, Linear)}),
        loops=sum(len(plan.sweeps) for plan in plans),
        functions=dear,
        operations=len(nodes) - dear,
        kept=len(made.saved),
        drawn=sum(len(plan.draws) for plan in plans),
    )


def _computed(plan: Plan) -> Iterator[Pointwise]:
    """What each loop of a pass computes unit by unit."""
    for sweep in plan.sweeps:
        for node in sweep.nodes:
            found: Expression = node
            if isinstance(found, Pointwise) and found not in sweep.read:
                yield found


def said(schedule: Schedule) -> list[str]:
    """What a step takes, and what each option adds to it, a line each."""
    plain = cost(schedule)
    lines = [f"a step of training: {plain}"]
    for option, written in OPTIONS.items():
        lines.append(f"{written} adds {cost(schedule, **{option: True}) - plain}")
    return lines
