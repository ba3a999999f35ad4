"""Texts and their classes from a table: which column is which, and whether there are names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra import text_files
from recurra.applications.tables.rows import TABS, read_rows
from recurra.errors import DataError

TEXTS = (
    *("text", "sentence", "review", "content", "comment", "tweet", "message", "document"),
    *("文本", "评论", "内容", "句子"),
)
"""What columns of texts are usually called."""

LABELS = (
    *("label", "sentiment", "class", "category", "polarity", "rating", "stars", "target"),
    *("标签", "类别", "情感"),
)
"""What columns of classes are usually called."""


@dataclass(frozen=True)
class Labelled:
    """Texts and their classes.

    Attributes:
        texts: N of them, some perhaps empty.
        labels: The class of each.
        notes: What was found and left out.
    """

    texts: list[str]
    labels: list[str]
    notes: tuple[str, ...]


def read_labelled(
    path: str | Path, *, text: str | None = None, label: str | None = None
) -> Labelled:
    """Reads a table of texts and classes.

    The first row is names if a column is named and stands there, or if it holds words that columns
    are usually called by; else if its class occurs in no other row. Without names given, columns
    are found by what they are usually called; else, of two, the texts are the longer.

    Args:
        path: A CSV or TSV file, also with .gz.
        text: The name of the column of texts; None to find it.
        label: The name of the column of classes; None to find it.

    Raises:
        DataError: If the table cannot be read, or columns cannot be told.
    """
    path = Path(path)
    rows = read_rows(path)
    if len(rows[0]) < 2:
        raise DataError(
            f"{path} has one column, beginning with {_shown(rows[0][0])}.",
            "a column of texts and a column of classes",
            "put a comma or a tab between text and class",
        )
    places = _named(rows[0], text, label, path)
    named = places is not None
    if places is None:
        places = _by_length(rows, path)
        named = _stands_apart(rows, places[1])
    body = rows[1:] if named else rows
    return _labelled(path, rows[0] if named else None, body, *places)


def read_texts(path: str | Path, *, text: str | None = None) -> tuple[list[str], tuple[str, ...]]:
    """Reads texts without classes: a text a line, or a column of a table.

    Args:
        path: A file, also with .gz: a table where its name ends in .csv or .tsv, or its first lines
            hold tabs; else a text a line. Blank lines of a table are passed over.
        text: The name of the column of texts; None to find it: by what it is usually called, else
            the longest.

    Returns:
        The texts, and what was found.

    Raises:
        DataError: If they cannot be read.
    """
    path = Path(path)
    if not _is_table(path):
        text_files.check_there(path, "texts")
        whole = text_files.decoded(text_files.content(path), path, "a text a line")
        return [line.strip() for line in whole.strip("\r\n").splitlines()], ()
    rows = read_rows(path)
    names = [one.casefold() for one in rows[0]]
    if text is not None:
        place = _place(rows[0], text, path)
        return [row[place] for row in rows[1:]], ()
    place = next((names.index(one) for one in TEXTS if one in names), -1)
    if place >= 0:
        return [row[place] for row in rows[1:]], (f"texts are in the column {rows[0][place]!r}",)
    place = max(range(len(names)), key=lambda number: sum(len(row[number]) for row in rows))
    said = f"texts are in column {place + 1} of {len(names)}, which has the longest"
    return [row[place] for row in rows], ((said,) if len(names) > 1 else ())


def _is_table(path: Path) -> bool:
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".csv", ".tsv")):
        return True
    text_files.check_there(path, "texts")
    return (
        TABS
        in text_files.decoded(text_files.content(path), path, "a text a line, or a table of texts")[
            :10_000
        ]
    )


def _named(
    first: Sequence[str], text: str | None, label: str | None, path: Path
) -> tuple[int, int] | None:
    """The places of texts and classes, if the first row names them."""
    names = [one.casefold() for one in first]
    a = _usual(names, TEXTS) if text is None else _place(first, text, path)
    b = _usual(names, LABELS) if label is None else _place(first, label, path)
    if len(first) == 2 and (a is None) != (b is None):
        # Of two columns one name tells both.
        a, b = (1 - b, b) if a is None and b is not None else (a, 1 - (a or 0))
    if a is None or b is None:
        if text is not None or label is not None:
            raise _untold(first, path)
        return None
    if a == b:
        raise DataError(
            f"the column {first[a]!r} of {path} is named for both texts and classes",
            "two columns",
        )
    return a, b


def _usual(names: Sequence[str], usual: Sequence[str]) -> int | None:
    return next((names.index(one) for one in usual if one in names), None)


def _place(first: Sequence[str], name: str, path: Path) -> int:
    if name not in first:
        raise DataError(
            f"{path} has no column {name!r}.",
            f"one of {', '.join(map(repr, first[:20]))}" if len(first) < 21 else "another name",
            "name a column as the first row does",
        )
    return first.index(name)


def _by_length(rows: Sequence[Sequence[str]], path: Path) -> tuple[int, int]:
    """Of two columns the longer is of texts."""
    if len(rows[0]) != 2:
        raise _untold(rows[0], path)
    lengths = [sum(len(row[place]) for row in rows) for place in (0, 1)]
    return (0, 1) if lengths[0] >= lengths[1] else (1, 0)


def _untold(first: Sequence[str], path: Path) -> DataError:
    return DataError(
        f"{path} has {len(first)} columns, the first row {_shown(' | '.join(first))}",
        "columns that are called text and label, or two columns",
        "name them: --text-column NAME --label-column NAME",
    )


def _stands_apart(rows: Sequence[Sequence[str]], label: int) -> bool:
    """Whether the first row is names: its class occurs nowhere else, while others occur again."""
    below = [row[label] for row in rows[1:]]
    return rows[0][label] not in below and len(set(below)) < len(below)


def _labelled(
    path: Path, names: Sequence[str] | None, rows: Sequence[Sequence[str]], text: int, label: int
) -> Labelled:
    kept = [row for row in rows if row[label]]
    called = [f"column {n + 1}" if names is None else repr(names[n]) for n in (text, label)]
    notes = [
        f"texts are in {called[0]}, classes in {called[1]}; the first row "
        + ("is the first text" if names is None else "is names")
    ]
    if missing := len(rows) - len(kept):
        notes.append(f"{missing:,} rows without a class are left out")
    if not kept:
        raise DataError(f"{path} has no row with a class.", "rows of a text and a class")
    classes = {row[label] for row in kept}
    if len(classes) > max(2, len(kept) // 2):
        raise DataError(
            f"{called[1]} of {path} has {len(classes):,} different classes in {len(kept):,} rows, "
            f"{_shown(kept[0][label])} for one",
            "classes that occur again and again",
            "name the columns: --text-column NAME --label-column NAME",
        )
    return Labelled([row[text] for row in kept], [row[label] for row in kept], tuple(notes))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
