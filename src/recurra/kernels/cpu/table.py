"""Where each argument of a pass lies in the table that its code is given."""

from __future__ import annotations

from typing import Any

from recurra.kernels.cpu.panel import WIDEST
from recurra.kernels.cpu.plan import Plan
from recurra.language.expression import PerUnit, Size, Vector
from recurra.language.widths import ONE, Width

HEADER = (
    "steps",
    "rows",
    "first step",
    "direction",
    "divides units",
    "barrier",
    "chunk",
    "seed low",
    "seed high",
    "row numbers",
    "step numbers",
    "step numbers by step",
    "step numbers by row",
    "draw",
)
"""What every table begins with. ``first step`` is the one that the pass runs first, ``direction`` 1
or -1; ``chunk`` how many steps are multiplied at once where that is possible."""


class Table:
    """The places of a pass's arguments.

    Args:
        plan: The pass.

    Attributes:
        places: The place of each argument, by its key.
        widths: The widths that are asked for.
        vectors: The parameters with a number a unit that are asked for.
        constants: The constants with a number a unit that are asked for.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.widths = _widths(plan)
        self.vectors = _vectors(plan)
        self.constants = _constants(plan)
        keys: list[Any] = [*HEADER]
        keys += [("panel", vectors) for vectors in range(1, WIDEST + 1)]
        keys += [("width", width) for width in self.widths]
        keys += [("vector", vector.parameter) for vector in self.vectors]
        keys += [("constant", constant) for constant in self.constants]
        keys += [("use", array) for array in plan.draws]
        for array in plan.arrays:
            keys += [(part, array) for part in ("address", "by step", "by row", "by part")]
            keys += [("turns", array)] * array.turns
            keys += [("edge", array), ("edge by row", array)] * bool(array.shift)
        for number, (_, group) in enumerate(plan.groups):
            keys += [("matrix", number, operand) for operand in range(len(group.operands))]
            keys += [("products", number)] + [("ahead by row", number)] * group.steady
        self.places: dict[Any, int] = {key: place for place, key in enumerate(keys)}

    def __len__(self) -> int:
        return len(self.places)


def _widths(plan: Plan) -> tuple[Width, ...]:
    found = dict.fromkeys(sweep.width for sweep in plan.sweeps)
    for sweep in plan.sweeps:
        found |= {node.of: None for node in sweep.nodes if isinstance(node, Size)}
    for _, group in plan.groups:
        found |= {a.width: None for operand in group.operands for a in operand.arrays}
    found |= {array.width: None for array in plan.draws}
    return tuple(width for width in found if width != ONE)


def _vectors(plan: Plan) -> tuple[Vector, ...]:
    found: dict[str, Vector] = {}
    for sweep in plan.sweeps:
        found |= {n.parameter: n for n in sweep.nodes if isinstance(n, Vector)}
    return tuple(found.values())


def _constants(plan: Plan) -> tuple[PerUnit, ...]:
    found = {n: None for sweep in plan.sweeps for n in sweep.nodes if isinstance(n, PerUnit)}
    return tuple(found)
