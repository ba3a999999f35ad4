"""Pictures and captions from a table that names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.applications.pictures import ENDINGS, Pixels, left_out, open_picture
from recurra.applications.tables import read_rows
from recurra.errors import DataError

PICTURES = (
    "picture",
    "image",
    "file",
    "filename",
    "file_name",
    "image_name",
    "path",
    "图片",
    "文件",
)
"""What columns of pictures are usually called."""

TEXTS = (
    "text",
    "caption",
    "captions",
    "sentence",
    "description",
    "comment",
    "文本",
    "描述",
    "句子",
)
"""What columns of captions are usually called."""


@dataclass(frozen=True)
class Captioned:
    """Pictures and their captions.

    Attributes:
        pictures: N of them.
        captions: Of each, at least one, some perhaps empty.
        names: What the table calls the pictures.
        notes: What was found and left out.
    """

    pictures: list[Pixels]
    captions: list[list[str]]
    names: list[str]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Columns:
    """The two columns of a table that count.

    Attributes:
        picture: What that of pictures is called, or its number where columns have no names.
        text: What that of captions is called, or its number.
        body: Names of pictures and captions, row by row, at least one.
    """

    picture: str
    text: str
    body: Sequence[tuple[str, str]]


def read_captioned(
    table: str | Path,
    *,
    folder: str | Path | None = None,
    picture: str | None = None,
    text: str | None = None,
    kept: Callable[[Pixels], Pixels] = lambda image: image,
    usual: Sequence[str] = TEXTS,
    what: str = "captions",
) -> Captioned:
    """Reads a table of the names of pictures and captions, and the pictures.

    A picture may stand in several rows: each is a caption of it. Without names of columns, the
    pictures are in the one whose first cell ends as a picture's name does.

    Args:
        table: A CSV or TSV file, also with .gz.
        folder: Where the pictures lie; None for the folder of the table.
        picture: The name of the column of pictures; None to find it.
        text: The name of the column of captions; None to find it.
        kept: What is kept of each picture, so that many large ones fit in memory.
        usual: What the column of captions may be called if it is not named.
        what: What stands in it, for the note.

    Raises:
        DataError: If the table cannot be read, columns cannot be told, or no picture can be read.
    """
    table = Path(table)
    where = table.parent if folder is None else Path(folder)
    columns = columns_of(table, picture, text, usual)
    said = f"pictures are in {columns.picture}, {what} in {columns.text}"
    told: dict[str, list[str]] = {}
    for name, line in columns.body:
        told.setdefault(name, []).append(line)
    found: dict[str, Pixels] = {}
    absent: list[str] = []
    broken: list[str] = []
    for name in told:
        try:
            found[name] = kept(open_picture(where / name))
        except DataError:
            (broken if (where / name).is_file() else absent).append(name)
    if not found:
        raise DataError(
            f"None of the {len(told):,} pictures that {table} names can be read in {where}, "
            f"{next(iter(told))!r} for one.",
            "names of pictures in that folder",
            "name the folder of the pictures: --pictures FOLDER",
        )
    notes = (said, *left_out(absent, "not there"), *left_out(broken, "cannot be read"))
    return Captioned(list(found.values()), [told[name] for name in found], list(found), notes)


def columns_of(
    table: Path, picture: str | None, text: str | None, usual: Sequence[str] = TEXTS
) -> Columns:
    """Finds the columns of pictures and captions.

    Args:
        table: A CSV or TSV file, also with .gz.
        picture: The name of the column of pictures; None to find it.
        text: The name of the column of captions; None to find it.
        usual: What the latter may be called if it is not named.

    Raises:
        DataError: If the table cannot be read, or columns cannot be told.
    """
    rows = read_rows(table, "a table of pictures and captions")
    first = rows[0]
    bare = [place for place, cell in enumerate(first) if cell.lower().endswith(ENDINGS)]
    if len(first) == 2 and bare and picture is None and text is None:
        a, b = bare[0], 1 - bare[0]
        return Columns(f"column {a + 1}", f"column {b + 1}", [(row[a], row[b]) for row in rows])
    a, b = (
        _column(first, name, names, table, what)
        for name, names, what in ((picture, PICTURES, "picture"), (text, usual, "text"))
    )
    if len(rows) == 1:
        raise DataError(f"{table} has names of columns and no row below.", "a row a caption")
    return Columns(repr(first[a]), repr(first[b]), [(row[a], row[b]) for row in rows[1:]])


def _column(
    names: Sequence[str], name: str | None, usual: Sequence[str], table: Path, what: str
) -> int:
    """The place of a column that is named, or that has a usual name."""
    lower = [one.casefold() for one in names]
    wanted = [one for one in usual if one in lower]
    if name is not None and name in names:
        return names.index(name)
    if name is None and wanted:
        return lower.index(wanted[0])
    raise DataError(
        f"{table} has no column {name!r}."
        if name
        else f"{table} has the columns {', '.join(map(repr, names[:20]))}.",
        "a column of the names of pictures and one of captions, called picture and text (of "
        "strokes: picture and strokes)",
        f"name it: --{what}-column NAME",
    )
