"""Reads a table from a file, as it is: every cell of a text file stays text."""

import csv
import difflib
import gzip
import io
import re
import zlib
from collections import Counter
from pathlib import Path

import polars as pl

from recurra.errors import DataError
from recurra.forecasting.values import NULL_WORDS

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
DELIMITERS = (",", ";", "\t", "|")
LINES = 10
"""Lines by which the delimiter is told."""
WIDE_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
FOREIGN_MARKS = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", "save the sheet inside it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook", "save the sheet inside it as CSV"),
    (b"PAR1", "a Parquet file", "give it a name that ends in .parquet"),
    (b"\x1f\x8b", "compressed with gzip", "add .gz to its name"),
)
DECLARED = re.compile(r'"?sep=([,;|\t])"?[ \t]*(?=[\r\n]|\Z)', re.IGNORECASE)
"""What a spreadsheet may write as the first line to declare the delimiter."""
WRITE_AGAIN = "check how the file was written, and write it again"
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
    _check_there(path)
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
    rows = _rows(_text(_content(path), path), path)
    return _table(rows, path)


def read_piped(content: bytes) -> pl.DataFrame:
    """Reads a whole table of text that was piped in, as :func:`read_table` reads a file.

    Raises:
        DataError: It is empty, not UTF-8, or not a table.
    """
    path = Path("standard input")
    return _table(_rows(_text(content, path), path), path)


def _check_there(path: Path) -> None:
    if path.is_dir():
        raise DataError(
            f"{path} is a folder.", "a file with a table", "name a file inside that folder"
        )
    if path.exists():
        return
    folder = path.parent
    names = [entry.name for entry in folder.iterdir()] if folder.is_dir() else []
    nearest = difflib.get_close_matches(path.name, names, n=1)
    raise DataError(
        f"There is no file {path}." if folder.is_dir() else f"There is no folder {folder}.",
        "the path of a file with a table",
        f"did you mean {folder / nearest[0]}?" if nearest else "check the name and the folder",
    )


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


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.name.lower().endswith(".gz") else content
    except EOFError as error:
        raise DataError(
            f"{path} ends too early: the gzip file is cut off.",
            "a whole file",
            "copy or download it again",
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path} is not a sound gzip file ({error}).",
            "a file compressed with gzip, because its name ends in .gz",
            "take .gz off its name if it is plain text, or copy it again",
        ) from error
    except OSError as error:
        raise DataError(
            f"{path} cannot be read ({error.strerror or error}).",
            "a file that you may read",
            "check its permissions",
        ) from error


def _text(content: bytes, path: Path) -> str:
    if not content.removeprefix(b"\xef\xbb\xbf").strip():
        raise DataError(
            f"{path} is empty.", "a table with a header row and rows of data", WRITE_AGAIN
        )
    for mark, what, do in FOREIGN_MARKS:
        if content.startswith(mark):
            raise DataError(f"{path} looks like {what}.", "text with one row a line", do)
    if encoding := _wide_encoding(content):
        raise DataError(
            f"{path} is written in {encoding}.", "text in UTF-8", _convert(path, encoding)
        )
    if b"\x00" in content:
        raise DataError(
            f"{path} is not text: it holds NUL bytes.",
            "text with one row a line",
            "save the table as CSV, or give the file the ending of what it is",
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path} is not UTF-8: line {line} holds the byte 0x{content[error.start]:02x}.",
            "text in UTF-8",
            _convert(path, *_likely_encodings(content)),
        ) from error


def _wide_encoding(content: bytes) -> str:
    for mark, encoding in WIDE_MARKS:
        if content.startswith(mark):
            return encoding
    head = content[:400]
    zeros = [head[start::4].count(0) > 0.9 * len(head[start::4]) for start in range(4)]
    patterns = {
        (False, True, True, True): "UTF-32LE",
        (True, True, True, False): "UTF-32BE",
        (False, True, False, True): "UTF-16LE",
        (True, False, True, False): "UTF-16BE",
    }
    return patterns.get((zeros[0], zeros[1], zeros[2], zeros[3]), "")


def _likely_encodings(content: bytes) -> tuple[str, str]:
    """The likelier of Chinese and Western European bytes first."""
    # Accented letters stand alone among plain ones; Chinese ones are pairs of high bytes.
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", content)]
    paired = sum(run for run in runs if run > 1) > sum(runs) / 2
    return ("GB18030", "CP1252") if paired and _has_chinese(content) else ("CP1252", "GB18030")


def _has_chinese(content: bytes) -> bool:
    try:
        return re.search("[一-鿿]", content.decode("gb18030")) is not None
    except UnicodeDecodeError:
        return False


def _convert(path: Path, encoding: str, other: str = "") -> str:
    command = f"iconv -f {encoding} -t UTF-8 {path.name} > utf8-{path.name.removesuffix('.gz')}"
    instead = f" (or {other} in place of {encoding} if letters come out wrong)" if other else ""
    return f"{command}{instead}, or save it as CSV UTF-8 in a spreadsheet"


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
        raise DataError(
            f"{path} is empty.", "a table with a header row and rows of data", WRITE_AGAIN
        )
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
