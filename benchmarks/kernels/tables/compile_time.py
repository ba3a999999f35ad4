"""First uses."""

from __future__ import annotations

import statistics

from figures import Row
from tables.markdown import digits, table

PARTS = ("layer", "forwards", "backwards", "whole")


def section(rows: list[Row]) -> str:
    """A row a cell."""
    header = ["cell", *(f"{state}: {part}" for state in ("empty", "filled") for part in PARTS)]
    lines = [[f"`{row['cell']}`", *_times(row)] for row in rows]
    wholes = {s: [row[s]["whole"] for row in rows] for s in ("empty", "filled")}
    told = (
        "Milliseconds of a fresh process, imports apart, to make a layer, run it forwards and "
        "backwards for the first time, with an empty cache and with one that has its code. Over "
        f"all cells the median is {digits(statistics.median(wholes['empty']) / 1000)} s and "
        f"{digits(statistics.median(wholes['filled']))} ms, the most "
        f"{digits(max(wholes['empty']) / 1000)} s and {digits(max(wholes['filled']))} ms."
    )
    return f"{told}\n\n{table(header, lines)}"


def _times(row: Row) -> list[str]:
    return [digits(row[state][part]) for state in ("empty", "filled") for part in PARTS]
