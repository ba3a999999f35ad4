"""One step at a time."""

from __future__ import annotations

from figures import Row
from tables.markdown import digits, table


def section(rows: list[Row]) -> str:
    """A column for each number of units."""
    names = list(dict.fromkeys(name for row in rows for name in row if name != "hidden size"))
    lines = [[name, *(_time(row, name) for row in rows)] for name in names]
    told = (
        "An LSTM of 8 inputs and a dense layer to one output, batch of one, called from Python for "
        "each step on one thread: median microseconds of a step (the least of all)."
    )
    header = ["", *(f"H = {row['hidden size']}" for row in rows)]
    return f"{told}\n\n{table(header, lines)}"


def _time(row: Row, name: str) -> str:
    if name not in row:
        return "-"
    return f"{digits(row[name]['median'])} ({digits(row[name]['minimum'])})"
