"""What distinguishes one cell's equations from another's, the same in every process."""

from __future__ import annotations

import hashlib

from recurra.language import Schedule
from recurra.language.expression import Expression, topological


def fingerprint(schedule: Schedule) -> str:
    """A short text that equal equations share and others do not."""
    numbers: dict[Expression, int] = {}
    lines = []
    for node in topological(schedule.results):
        numbers[node] = len(numbers)
        operands = {id(operand) for operand in node.operands}
        said = [
            (name, value)
            for name, value in vars(node).items()
            if isinstance(value, str | float | int | bool)
            or (isinstance(value, tuple) and not any(id(v) in operands for v in value))
        ]
        lines.append((type(node).__name__, said, [numbers[o] for o in node.operands]))
    ends = [numbers[result] for result in schedule.results]
    text = repr((lines, ends, list(schedule.states)))
    return hashlib.sha256(text.encode()).hexdigest()
