"""Errors."""

from __future__ import annotations

from figures import Row
from tables.markdown import grouped, shape, table


def section(rows: list[Row]) -> str:
    """A row a layer, and for each shape the errors of gradients and outputs."""
    shapes = list(dict.fromkeys(shape(row) for row in rows))
    lines = []
    for (name,), some in grouped(rows, "layer").items():
        found = {shape(row): row for row in some}
        texts = (_errors(found[one], kind) for one in shapes for kind in ("output", "gradients"))
        lines.append([f"`{name}`", *texts])
    header = ["layer", *(f"{one} {kind}" for one in shapes for kind in ("output", "gradients"))]
    told = (
        "The largest error against the reference in float64, each tensor's relative to its largest "
        "number, in float32: Recurra's compiled code / the reference."
    )
    return f"{told}\n\n{table(header, lines)}"


def _errors(row: Row, kind: str) -> str:
    return f"{row['recurra'][kind]:.1e} / {row['reference'][kind]:.1e}"
