"""Reads a table from a file, as it is: every cell of a text file stays text."""

import csv
import io
import re
from collections import Counter
from pathlib import Path

import polars as pl

from recurra import text_files
from recurra.errors import DataError
from recurra.tables.values import NULL_WORDS

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
LINES = 10
"""Lines by which the delimiter is told."""
DECLARED = re.compile(r'"?sep=([,;|\t])"?[ \t]*(?=[\r\n]|\Z)', re.IGNORECASE)
"""What a spreadsheet may write as the first line to declare the delimiter."""
WHOLE = "a table with a header row and rows of data"
WRITE_AGAIN = text_files.WRITE_AGAIN
NUMBER_OR_DATE = re.compile(
    r"[+-]?[\d.,]+(?:e[+-]?\d+)?|\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?(?:[T ].*)?", re.IGNORECASE
)


def read_table(path: Path) -> pl.DataFrame:
    """Reads a CSV, TSV, text or Parquet file.

    Args:
        path: A file ending in .csv, .tsv or .txt, each also with .gz, or in .parquet. Text must
            be UTF-8 with a header row; the delimiter (comma, semicolon, tab or bar) is found.

    Returns:
        Text files: every column as stripped text, null where a cell is empty or one of
        ``NA, N/A, NaN, null, None, -, ?``. Parquet: the types of the file.

    Raises:
        DataError: The file is absent, empty, not what its name says, not UTF-8, or not a table.
    """
    path = Path(path)
    text_files.check_there(path, "a table")
    name = path.name.lower()
    if name.endswith(".parquet"):
        return _read_parquet(path)
    if not name.removesuffix(".gz").endswith(TEXT_SUFFIXES):
        raise DataError(
            f"{path} ends in {path.suffix!r}, which is not known."
            if path.suffix
            else f"The name {path} has no ending, which tells the kind of file.",
            "a file that ends in .csv, .tsv, .txt (also .csv.gz and so on) or .parquet",
            "save the table as CSV, or rename the file if it is one of these",
        )
    rows = _rows(text_files.decoded(text_files.content(path), path, WHOLE), path)
    return _table(rows, path)


def read_piped(content: bytes) -> pl.DataFrame:
    """Reads a whole table of text that was piped in, as :func:`read_table` reads a file.

    Raises:
        DataError: It is empty, not UTF-8, or not a table.
    """
    path = Path("standard input")
    return _table(_rows(text_files.decoded(content, path, WHOLE), path), path)


def _read_parquet(path: Path) -> pl.DataFrame:
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise DataError(
            f"{path} cannot be read as Parquet ({str(error).splitlines()[0]}).",
            "a whole Parquet file",
            "write the file again, or give it the ending of what it is (such as .csv)",
        ) from error
    if frame.is_empty():
        raise DataError(
            f"{path} has no rows.", "a table with rows", "check how the file was written"
        )
    return frame


def _rows(text: str, path: Path) -> list[list[str]]:
    """Cuts text into rows of equally many cells, the header first; blank lines are passed over."""
    declared = DECLARED.match(text)
    # The line itself stays, empty, so that the lines after it keep their numbers.
    text = text[declared.end() :] if declared else text
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=declared[1] if declared else _delimiter(text),
        strict=True,
        skipinitialspace=True,
    )
    try:
        rows = list(reader)
    except csv.Error as error:
        raise DataError(
            f"{path} cannot be cut into cells near line {reader.line_num} ({error}).",
            "quotation marks in pairs around a cell",
            f"look at line {reader.line_num} and at what comes before it",
        ) from error
    if not any(rows):
        raise DataError(f"{path} is empty.", WHOLE, WRITE_AGAIN)
    _check_title(rows, path)
    width = next(len(row) for row in rows if row)
    ragged = next((i for i, row in enumerate(rows) if row and len(row) != width), None)
    if ragged is not None:
        raise DataError(
            f"Line {_line(rows, ragged)} of {path} has {_cells_of(len(rows[ragged]))}: "
            f"{_shown(rows[ragged])}.",
            f"{_cells_of(width)}, as in the header",
            "correct that line; put quotation marks around a cell that holds the delimiter",
        )
    return [row for row in rows if row]


def _line(rows: list[list[str]], index: int) -> int:
    """The line of the file, from 1, at which a row begins: a quoted cell may hold line ends."""
    return index + 1 + sum(cell.count("\n") for row in rows[:index] for cell in row)


def _cells_of(count: int) -> str:
    return "1 cell" if count == 1 else f"{count:,} cells"


def _check_title(rows: list[list[str]], path: Path) -> None:
    """Refuses a first line of one cell above a line of several names."""
    first, second, *_ = (i for i in [*(i for i, row in enumerate(rows) if row), -1, -1])
    names = [cell for cell in rows[second] if cell.strip()]
    title = [cell for cell in rows[first] if cell.strip()]
    if len(title) == 1 < len(names) and not any(NUMBER_OR_DATE.fullmatch(name) for name in names):
        line = _line(rows, first)
        raise DataError(
            f"Line {line} of {path} looks like a title, not like names of columns: {title[0]}.",
            f"a header row at the top, such as {_shown(names)}",
            f"delete line {line}",
        )


def _shown(row: list[str]) -> str:
    text = ", ".join(row)
    return text if len(text) <= 60 else text[:57] + "..."


def _delimiter(text: str) -> str:
    """The delimiter that stands equally often in each of the first lines, else in the header.

    A first line without any, which may be a title, is passed over.
    """
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:LINES]
    unquoted = [re.sub(r'"[^"]*"', "", line) for line in lines]
    if len(unquoted) > 1 and not any(mark in unquoted[0] for mark in DELIMITERS):
        unquoted = unquoted[1:]
    counts = {mark: [line.count(mark) for line in unquoted] for mark in DELIMITERS}
    even = [mark for mark in DELIMITERS if len(set(counts[mark])) == 1 and counts[mark][0]]
    return max(even or DELIMITERS, key=lambda mark: counts[mark][0])


def _table(rows: list[list[str]], path: Path) -> pl.DataFrame:
    header = [cell.strip() for cell in rows[0]]
    _check_header(header, path)
    if len(rows) == 1:
        raise DataError(
            f"{path} has a header and nothing else: {_shown(header)}.",
            "rows of data below it",
            WRITE_AGAIN,
        )
    names = [name or f"column {number}" for number, name in enumerate(header, start=1)]
    columns = zip(*rows[1:], strict=True)
    return pl.DataFrame([_cells(name, column) for name, column in zip(names, columns, strict=True)])


def _cells(name: str, column: tuple[str, ...]) -> pl.Series:
    given = pl.Series(name, column, dtype=pl.String)
    text = given.str.strip_chars()
    if (text != given).any() and text.n_unique() < given.n_unique():
        # Names that are one but for blanks around them may be two series: who reads them decides.
        return given
    return text.set(text.str.to_lowercase().is_in(NULL_WORDS), None)


def _check_header(header: list[str], path: Path) -> None:
    named = [name for name in header if name]
    if all(NUMBER_OR_DATE.fullmatch(name) for name in named):
        raise DataError(
            f"The first line of {path} holds data, not names: {_shown(header)}.",
            "a header row that names the columns",
            "write the names above it as a first line, such as ds,y",
        )
    twice = [name for name, count in Counter(named).items() if count > 1]
    if twice:
        raise DataError(
            f"{path} has more than one column named {twice[0]!r}.",
            "a different name for every column",
            "rename one of them in the first line",
        )
