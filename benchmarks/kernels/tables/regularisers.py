"""What regularisers cost."""

from __future__ import annotations

from figures import Row
from tables.markdown import digits, grouped, shape, table, threads


def section(rows: list[Row]) -> str:
    """A row a regulariser."""
    columns = list(dict.fromkeys(map(_column, rows)))
    lines = []
    for (name,), some in grouped(rows, "regulariser").items():
        found = {_column(row): row for row in some}
        lines.append([str(name), *(_cost(found[one]) for one in columns)])
    told = "Training an LSTM within it, in milliseconds, and what that is more than without it."
    return f"{told}\n\n{table(['', *columns], lines)}"


def _column(row: Row) -> str:
    return f"{shape(row)}, {threads(row['threads'])}"


def _cost(row: Row) -> str:
    return f"{digits(row['recurra']['median'])} ({row['percent']:+.0f}%)"
