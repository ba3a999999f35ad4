"""Rows of cells from a file, as they are: the first may be names or not."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recurra import text_files
from recurra.errors import DataError

DELIMITERS = (",", ";", "|")
ROWS = 50
"""Rows by which a delimiter is told."""

TABS = "\t"


def read_rows(path: Path, what: str = "a table of texts") -> list[list[str]]:
    """The rows of a table, all of equally many cells; blank lines are passed over.

    Cells are cut at tabs where the name ends in .tsv, or where it does not end in .csv and the
    first lines hold tabs; there quotation marks are letters. Else the file is CSV: cut at the
    comma, semicolon or bar that makes the first rows equally wide, quotation marks around cells
    that hold it.

    Args:
        path: A file, also with .gz.
        what: What should be in it, for the words of an error.

    Raises:
        DataError: If it is absent, empty, not UTF-8, or rows differ in their number of cells.
    """
    path = Path(path)
    text_files.check_there(path, what)
    text = text_files.decoded(text_files.content(path), path, f"{what}, a row a line")
    rows = _split_at_tabs(text) if _has_tabs(path, text) else _csv(text, path)
    _check_even(rows, path)
    return [row for row in rows if any(row)]


def _has_tabs(path: Path, text: str) -> bool:
    name = path.name.lower().removesuffix(".gz")
    return name.endswith(".tsv") or (not name.endswith(".csv") and TABS in text[:10_000])


def _split_at_tabs(text: str) -> list[list[str]]:
    lines = text.split("\n")
    return [[cell.strip() for cell in line.split(TABS)] if line.strip() else [] for line in lines]


def _csv(text: str, path: Path) -> list[list[str]]:
    with _long_cells():
        delimiter = _delimiter(text)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            return [[cell.strip() for cell in row] for row in reader]
        except csv.Error as error:
            raise DataError(
                f"{path} cannot be cut into cells near line {reader.line_num} ({error}).",
                "quotation marks in pairs around a cell, doubled inside it",
                f"look at line {reader.line_num}; with tabs between cells no quotation is needed",
            ) from error


def _delimiter(text: str) -> str:
    """The first mark that cuts the first rows into equally many cells, at least two."""
    for mark in DELIMITERS:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
        widths = {len(row) for row, _ in zip(reader, range(ROWS), strict=False) if row}
        if len(widths) == 1 and widths != {1}:
            return mark
    return DELIMITERS[0]


@contextmanager
def _long_cells() -> Iterator[None]:
    """Lets a cell be as long as it is; Python's own bound is 131,072 letters."""
    former = csv.field_size_limit(2**31 - 1)
    try:
        yield
    finally:
        csv.field_size_limit(former)


def _check_even(rows: list[list[str]], path: Path) -> None:
    """Refuses rows of other widths than most have."""
    widths = Counter(len(row) for row in rows if any(row))
    width = widths.most_common(1)[0][0]
    odd = next((n for n, row in enumerate(rows) if any(row) and len(row) != width), None)
    if odd is None:
        return
    shown = " | ".join(rows[odd])
    raise DataError(
        f"Row {odd + 1:,} of {path} has {len(rows[odd])} cell{'s' if len(rows[odd]) > 1 else ''}: "
        f"{shown if len(shown) <= 60 else shown[:57] + '...'}",
        f"{width} cell{'s' if width > 1 else ''}, as {widths[width]:,} of {sum(widths.values()):,} "
        "rows have",
        "correct that row; in CSV put quotation marks around a text that holds the delimiter",
    )
