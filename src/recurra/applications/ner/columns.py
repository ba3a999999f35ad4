"""Files of columns, a token a line: the format of the CoNLL shared tasks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recurra import text_files
from recurra.errors import DataError
from recurra.options import whole

WHOLE = "columns of tokens and tags, a token a line, an empty line between sentences"
DOCUMENT = "-DOCSTART-"

_SPACE = " \t\r"


@dataclass(frozen=True)
class Columns:
    """The sentences of a file.

    Attributes:
        sentences: The tokens of each; none is empty.
        tags: The tag of each token.
        notes: What was found, and passed over.
    """

    sentences: list[list[str]]
    tags: list[list[str]]
    notes: tuple[str, ...]


def read_columns(path: Path, *, token: int = 1, tag: int | None = None) -> Columns:
    """Reads tokens and their tags.

    Cells are cut at tabs where a line holds one, else at spaces. A line without anything else ends
    a sentence. Lines of -DOCSTART- are passed over and counted, and so are comments: lines before a
    sentence that begin with ``#`` and have another number of cells than tokens have.

    Args:
        path: A file in UTF-8, also with .gz.
        token: The column of tokens, from 1.
        tag: The column of tags, from 1; None for the last.

    Raises:
        DataError: If it is absent, empty, not UTF-8, or a line has not as many columns as most.
        OptionError: If a column's number is below 1.
    """
    whole("token_column", token, 1)
    whole("tag_column", 1 if tag is None else tag, 1)
    blocks, width, passed = _read(Path(path))
    last = width if tag is None else tag
    if max(token, last) > width or token == last:
        raise DataError(
            f"{path} has {_columns(width)}; tokens in column {token} and tags in column {last} "
            "were asked for.",
            "a column of tokens and one of tags, at least two in all",
            "name them: --token-column 1 --tag-column 2",
        )
    return Columns(
        [[row[token - 1] for row in block] for block in blocks],
        [[row[last - 1] for row in block] for block in blocks],
        tuple(_said(width, token, last, passed)),
    )


def read_tokens(path: Path, *, token: int = 1) -> list[list[str]]:
    """Reads the tokens of each sentence, of a file as :func:`read_columns` reads it.

    Raises:
        DataError: As there; there need be no column of tags.
        OptionError: If the column's number is below 1.
    """
    whole("token_column", token, 1)
    blocks, width, _ = _read(Path(path))
    if token > width:
        raise DataError(f"{path} has {_columns(width)}", f"at least {token}", "--token-column 1")
    return [[row[token - 1] for row in block] for block in blocks]


def _read(path: Path) -> tuple[list[list[list[str]]], int, Counter[str]]:
    """The lines of each sentence in cells, their number, and how many lines were passed over."""
    text_files.check_there(path, WHOLE)
    text = text_files.decoded(text_files.content(path), path, WHOLE)
    # Only line feeds end a line: other marks of that kind may be tokens.
    rows = [_cells(line) for line in text.split("\n")]
    width = _width(rows, path)
    blocks, passed = _blocks(rows, width, path)
    return blocks, width, passed


def _columns(count: int) -> str:
    return f"{count} column{'s' if count > 1 else ''}"


def _cells(line: str) -> list[str]:
    bare = line.strip(_SPACE)
    if not bare:
        return []
    # A token of its own may be left of the tab or absent, which an outer tab tells.
    if "\t" in bare or line.startswith("\t"):
        return [cell.strip(_SPACE) for cell in line.rstrip(_SPACE).split("\t")]
    return re.split(" +", bare)


def _width(rows: list[list[str]], path: Path) -> int:
    """The number of columns that most lines have."""
    widths = Counter(len(row) for row in rows if row and row[0] != DOCUMENT)
    if not widths:
        raise DataError(f"{path} holds no tokens.", WHOLE, text_files.WRITE_AGAIN)
    return widths.most_common(1)[0][0]


def _blocks(
    rows: list[list[str]], width: int, path: Path
) -> tuple[list[list[list[str]]], Counter[str]]:
    """The lines of each sentence, and how many were passed over as what."""
    passed = Counter[str]()
    blocks: list[list[list[str]]] = [[]]
    for number, row in enumerate(rows, 1):
        if row and row[0] == DOCUMENT:
            passed[DOCUMENT] += 1
        elif row and not blocks[-1] and len(row) != width and row[0].startswith("#"):
            passed["comment"] += 1
        elif row:
            blocks[-1].append(_sound(row, number, width, path))
            continue
        if blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block], passed


def _sound(row: list[str], number: int, width: int, path: Path) -> list[str]:
    if len(row) == width and all(row):
        return row
    shown = " | ".join(row)
    empty = ", one of them empty" if not all(row) else ""
    raise DataError(
        f"Line {number:,} of {path} has {_columns(len(row))}{empty}: "
        f"{shown if len(shown) <= 60 else shown[:57] + '...'}",
        f"{_columns(width)}, as most lines have",
        "correct that line; an empty line ends a sentence",
    )


def _said(width: int, token: int, tag: int, passed: Counter[str]) -> Iterator[str]:
    yield f"tokens are in column {token}, tags in column {tag} of {width}"
    if count := passed[DOCUMENT]:
        yield f"{count:,} line{'s' if count > 1 else ''} of {DOCUMENT} passed over"
    if count := passed["comment"]:
        yield f"{count:,} comment{'s' if count > 1 else ''} passed over"
