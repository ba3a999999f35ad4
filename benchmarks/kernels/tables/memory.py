"""Memory."""

from __future__ import annotations

from figures import Row
from tables.markdown import digits, shape, shown, table


def section(rows: list[Row]) -> str:
    """A row a shape."""
    lines = [
        [shape(row), digits(row["recurra"]), digits(row["torch"]), _ratio(row)] for row in rows
    ]
    told = "By how many MiB a step of training an LSTM raises the most that a process has held."
    header = ["(T, B, I, H)", "Recurra", "torch.nn", "torch.nn / Recurra"]
    return f"{told}\n\n{table(header, lines)}"


def _ratio(row: Row) -> str:
    return shown(row["torch"] / row["recurra"] if row["recurra"] else None)
