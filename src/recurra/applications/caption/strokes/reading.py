"""Pictures and strokes from a table that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.applications.caption.reading import TEXTS, columns_of, read_captioned
from recurra.applications.caption.strokes.notation import EXAMPLE, Stroke, looks_drawn, parsed
from recurra.applications.pictures import Pixels, left_out
from recurra.errors import DataError

STROKES = ("strokes", "stroke", "drawing", "pen", "svg", "笔画")
"""What columns of strokes are usually called."""


@dataclass(frozen=True)
class Drawn:
    """N pictures and the strokes of each.

    Attributes:
        pictures: One that was drawn several times comes several times.
        drawings: The strokes of each.
        notes: What was found and left out.
    """

    pictures: list[Pixels]
    drawings: list[list[Stroke]]
    notes: tuple[str, ...]


def holds_strokes(table: Path, picture: str | None = None, text: str | None = None) -> bool:
    """Whether a table tells of strokes rather than of captions.

    It does if the column is called so, or if its first cell is a path.

    Raises:
        DataError: If the table cannot be read, or columns cannot be told.
    """
    found = columns_of(table, picture, text, (*STROKES, *TEXTS))
    return found.text.strip("'").casefold() in STROKES or looks_drawn(found.body[0][1])


def read_drawn(
    table: Path,
    *,
    folder: Path | None = None,
    picture: str | None = None,
    text: str | None = None,
) -> Drawn:
    """Reads a table of the names of pictures and strokes, and the pictures.

    What cannot be read is left out, counted and named.

    Args:
        table: A CSV or TSV file, also with .gz.
        folder: Where the pictures lie; None for the folder of the table.
        picture: The name of the column of pictures; None to find it.
        text: The name of the column of strokes; None to find it.

    Raises:
        DataError: If the table cannot be read, columns cannot be told, or nothing is left.
    """
    usual = (*STROKES, *TEXTS)
    found = read_captioned(
        table, folder=folder, picture=picture, text=text, usual=usual, what="strokes"
    )
    images: list[Pixels] = []
    drawings: list[list[Stroke]] = []
    broken: list[str] = []
    reason: DataError | None = None
    for image, name, some in zip(found.pictures, found.names, found.captions, strict=True):
        for one in some:
            try:
                drawings.append(parsed(one))
                images.append(image)
            except DataError as error:
                broken.append(name)
                reason = error
    if not images:
        raise _nothing(table, broken, reason)
    notes = (*found.notes, *left_out(broken, f"no path such as {EXAMPLE.split(':')[0]}"))
    return Drawn(images, drawings, notes)


def _nothing(table: Path, broken: Sequence[str], reason: DataError | None) -> DataError:
    assert reason is not None
    return DataError(
        f"None of {len(broken):,} drawings of {table} can be read; the last is {reason.given}",
        reason.expected,
        reason.do,
    )
