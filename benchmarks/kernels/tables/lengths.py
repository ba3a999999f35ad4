"""What lengths cost and gain."""

from __future__ import annotations

from figures import Row
from tables.markdown import digits, percent, ratio, shape, shown, table, threads


def section(rows: list[Row]) -> str:
    """A row a shape, mode and number of threads."""
    header = ["LSTM", "no lengths", "all T", "ratio", "from 1 to T", "ratio", "steps there"]
    return "Milliseconds; ratios to the layer without lengths.\n\n" + table(
        header, map(_line, rows)
    )


def _line(row: Row) -> list[str]:
    found = [f"{shape(row)}, {row['mode']}, {threads(row['threads'])}"]
    found.append(digits(row["none"]["median"]))
    for who in ("whole", "random"):
        found += [digits(row[who]["median"]), shown(ratio(row, who, ours="none"))]
    return [*found, percent(row["steps that are there"])]
