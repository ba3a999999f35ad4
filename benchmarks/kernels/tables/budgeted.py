"""Cells beside what they may take, and beside torchrecurrent."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from figures import Row
from tables.markdown import digits, grouped, mean, ratio, shape, shown, table, threads

LEGEND = (
    "Each cell: milliseconds, and how many times its budget that is. The budget is the time of its "
    "products at the rate at which our LSTM of the same sizes, timed in turn with it, does its "
    "own, and the time of copying, at the rate of a large tensor, every number of the input, the "
    "states and the named gates: once forwards, and twice more in training. 2 T B operations are "
    "counted for each number in a matrix of the parameters, three times that in training."
)


def section(rows: list[Row]) -> str:
    """A table for each mode and number of threads, then those beside torchrecurrent."""
    parts = [LEGEND]
    for (count, mode), some in grouped(rows, "threads", "mode").items():
        parts.append(f"{str(mode).capitalize()}, {threads(count)}:\n\n{_budgets(some)}")
    beside = [row for row in rows if "torchrecurrent" in row]
    return "\n\n".join([*parts, *([_beside(beside)] if beside else [])])


def _budgets(rows: list[Row]) -> str:
    shapes = _shapes(rows)
    lines = []
    for (cell,), some in grouped(rows, "cell").items():
        found = {shape(row): row for row in some}
        lines.append([f"`{cell}`", *(_budget(found.get(one)) for one in shapes)])
    overall = [[row["of budget"] for row in rows if shape(row) == one] for one in shapes]
    lines.append(["median", *(f"{statistics.median(found):.2f}" for found in overall)])
    lines.append(["largest", *(f"{max(found):.2f}" for found in overall)])
    return table(["cell", *shapes], lines)


def _budget(row: Row | None) -> str:
    return "-" if row is None else f"{digits(row['recurra']['median'])} / {row['of budget']:.2f}"


def _beside(rows: list[Row]) -> str:
    parts = ["How many times as long torchrecurrent takes (torchrecurrent's median by ours):"]
    for (count, mode), some in grouped(rows, "threads", "mode").items():
        parts.append(f"{str(mode).capitalize()}, {threads(count)}:\n\n{_ratios(some)}")
    parts.append(_differing(rows))
    return "\n\n".join(part for part in parts if part)


def _ratios(rows: list[Row]) -> str:
    shapes = _shapes(rows)
    lines = []
    for (cell,), some in grouped(rows, "cell").items():
        found = {shape(row): ratio(row, "torchrecurrent") for row in some}
        lines.append([f"`{cell}`", *(shown(found.get(one)) for one in shapes)])
    means = [mean(ratio(r, "torchrecurrent") for r in rows if shape(r) == one) for one in shapes]
    lines.append(["geometric mean", *(f"**{shown(found)}**" for found in means)])
    return table(["cell", *shapes], lines)


def _differing(rows: list[Row]) -> str:
    differing = {row["cell"]: row["torchrecurrent"]["differs"] for row in rows}
    said = [f"`{cell}` ({differs})" for cell, differs in differing.items() if differs]
    if not said:
        return ""
    return (
        f"In torchrecurrent, {', '.join(said)}: other equations with about as much work. The "
        "others compute the same. Its SCRN is left out, whose context is as wide as its state."
    )


def _shapes(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(shape(row) for row in rows))
