"""What a file is taken for, if nobody says what it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from recurra import text_files
from recurra.applications.music.reading import MAT, SUFFIXES
from recurra.applications.series.columns import LABELS as CLASSES
from recurra.applications.series.columns import SERIES
from recurra.applications.tables import read_rows
from recurra.applications.tables.labelled import LABELS, TEXTS
from recurra.applications.text.reading import SUFFIXES as PLAIN

ARRAYS = (".ts", ".npz")
TABLES = (".csv", ".tsv")
FORETOLD = ("unique_id", "y")
"""Names of columns that only tables of series to forecast have."""

WORDS = 4
"""Words of a cell, on average, from which a column is one of texts."""

LETTERS = 0.6
"""The share of letters from which it is one; times have fewer."""


def taken_for(path: Path, columns: Mapping[str, str]) -> str:
    """The name of the task that a file or folder is of.

    Columns that are named tell it first, then the ending of the name, then the names of a table's
    columns: texts and classes; series and classes, of which each series has one; else series to
    forecast.

    Args:
        path: What there is.
        columns: Those that are named, by what they are.

    Raises:
        DataError: If it is not there, or cannot be read as what its name says.
    """
    for what, task in (("text", "sentiment"), ("series", "series-class"), ("target", "forecast")):
        if what in columns:
            return task
    if path.is_dir():
        return _folder(path)
    text_files.check_there(path, "your data")
    name = _plainly(path)
    if name.endswith((*SUFFIXES, *MAT)):
        return "music"
    if name.endswith(ARRAYS):
        return "series-class"
    if name.endswith(PLAIN):
        return "text"
    return _table(path, columns) if name.endswith(TABLES) else "forecast"


def _plainly(path: Path) -> str:
    return path.name.lower().removesuffix(".gz")


def _folder(path: Path) -> str:
    names = [_plainly(one) for one in path.rglob("*") if one.is_file()]
    if any(name.endswith((*SUFFIXES, *MAT)) for name in names):
        return "music"
    return "series-class" if any(name.endswith((*ARRAYS, *TABLES)) for name in names) else "text"


def _table(path: Path, columns: Mapping[str, str]) -> str:
    rows = read_rows(path, "a table")
    names = [cell.casefold().replace(" ", "_") for cell in rows[0]]
    label = columns.get("label", "").casefold().replace(" ", "_")
    if _has(names, TEXTS) and (_has(names, LABELS) or label in names):
        return "sentiment"
    if len(names) == 2 and _of_texts(rows[1:]):
        return "sentiment"
    classes = [label] if label else CLASSES
    known = not _has(names, FORETOLD) or label
    if known and _has(names, SERIES) and _has(names, classes) and _one_class(rows, names, classes):
        return "series-class"
    return "forecast"


def _has(names: Sequence[str], usual: Sequence[str]) -> bool:
    return any(name in usual for name in names)


def _of_texts(rows: Sequence[Sequence[str]]) -> bool:
    """Whether one of two columns holds sentences."""
    for place in (0, 1):
        cells = "".join(row[place].replace(" ", "") for row in rows)
        words = sum(len(row[place].split()) for row in rows)
        if words >= WORDS * len(rows) and sum(map(str.isalpha, cells)) > LETTERS * len(cells):
            return True
    return False


def _one_class(rows: Sequence[Sequence[str]], names: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether each series has one class, and takes several rows."""
    series = next(names.index(one) for one in SERIES if one in names)
    label = next(names.index(one) for one in classes if one in names)
    if series == label:
        return False
    pairs = {(row[series], row[label]) for row in rows[1:]}
    count = len({one for one, _ in pairs})
    return len(pairs) == count < len(rows) - 1 and len({name for _, name in pairs}) > 1
