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


def read_captioned(
    table: str | Path,
    *,
    folder: str | Path | None = None,
    picture: str | None = None,
    text: str | None = None,
    kept: Callable[[Pixels], Pixels] = lambda image: image,
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

    Raises:
        DataError: If the table cannot be read, columns cannot be told, or no picture can be read.
    """
    table = Path(table)
    where = table.parent if folder is None else Path(folder)
    body, said = _body(read_rows(table, "a table of pictures and captions"), table, picture, text)
    told: dict[str, list[str]] = {}
    for name, line in body:
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


def _body(
    rows: Sequence[list[str]], table: Path, picture: str | None, text: str | None
) -> tuple[list[tuple[str, str]], str]:
    """Names and captions row by row, and where they were found."""
    first = rows[0]
    bare = [place for place, cell in enumerate(first) if cell.lower().endswith(ENDINGS)]
    if len(first) == 2 and bare and picture is None and text is None:
        a, b = bare[0], 1 - bare[0]
        said = f"pictures are in column {a + 1}, captions in column {b + 1}"
        return [(row[a], row[b]) for row in rows], said
    a, b = (
        _column(first, name, usual, table, what)
        for name, usual, what in ((picture, PICTURES, "picture"), (text, TEXTS, "text"))
    )
    if len(rows) == 1:
        raise DataError(f"{table} has names of columns and no row below.", "a row a caption")
    said = f"pictures are in {first[a]!r}, captions in {first[b]!r}"
    return [(row[a], row[b]) for row in rows[1:]], said


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
        "a column of the names of pictures and one of captions, called picture and text",
        f"name it: --{what}-column NAME",
    )
