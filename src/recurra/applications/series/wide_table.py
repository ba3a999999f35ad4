"""Series from a wide table: a row a series."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from recurra.applications.series.collection import Collection, numbered
from recurra.applications.series.columns import Names
from recurra.applications.series.numbers import is_number, matrix
from recurra.applications.tables import read_rows
from recurra.errors import DataError
from recurra.options import whole


def read_wide(path: Path, names: Names) -> Collection:
    """Reads a table each row of which is a series: step by step, all channels of a step together.

    The class stands in the last column, or in the one that is named: by its name if the first row
    is names, by its number, from 1, otherwise. Cells that are empty at the end of a row are behind
    the end of its series.

    Args:
        path: A CSV or TSV file, also with .gz.
        names: With ``wide``, the channels of a step.

    Raises:
        DataError: If values do not make whole steps, or one is no number.
        OptionError: If ``wide`` is out of range.
    """
    channels = whole("--wide", names.wide, 1)
    rows = read_rows(path, "a table of series")
    named = _is_names(rows)
    label = _label(rows[0], names.label, named, path)
    body = rows[1:] if named else rows
    if not body:
        raise DataError(f"{path} has names and nothing below them.", "a series a row")
    kept = [n for n in range(len(rows[0])) if n != label]
    if not kept or len(kept) % channels:
        raise DataError(
            f"{path} has {len(kept)} columns of values beside that of classes",
            f"a whole number of steps of {channels} channel{'s' if channels > 1 else ''} each",
            "--wide CHANNELS with the numbers in a step",
        )
    values = matrix([[row[n] for n in kept] for row in body], 1 + named, path)
    series = values.reshape(len(body), -1, channels)
    return Collection(
        [_without_end(one) for one in series],
        [row[label] for row in body],
        [str(n) for n in range(1, len(body) + 1)],
        numbered(channels),
        notes=(
            f"a series a row, of {series.shape[1]} steps, classes in column {label + 1}; the first "
            f"row is {'names' if named else 'the first series'}",
        ),
    )


def _is_names(rows: list[list[str]]) -> bool:
    """Whether the first row is names: no number stands in it, while some do in the second."""
    return len(rows) > 1 and not any(is_number(cell) for cell in rows[0])


def _label(head: list[str], label: str | None, named: bool, path: Path) -> int:
    if label is None:
        return len(head) - 1
    if named and label in head:
        return head.index(label)
    if label.isdigit() and 1 <= int(label) <= len(head):
        return int(label) - 1
    raise DataError(
        f"{path} has no column {label!r} of classes",
        "a name of the first row" if named else f"a number from 1 to {len(head)}",
    )


def _without_end(series: np.ndarray) -> np.ndarray:
    """Without the steps at its end that have no value; at least one step."""
    there = np.flatnonzero(~np.isnan(series).all(1))
    return series[: there[-1] + 1] if len(there) else series[:1]
