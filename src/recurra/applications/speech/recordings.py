"""Recordings and what is said in them, from a table or a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra import text_files
from recurra.applications.speech.naming import Pattern
from recurra.applications.speech.sound import ENDINGS
from recurra.applications.tables import read_rows
from recurra.errors import DataError

SOUNDS = ("wav", "path", "file", "audio", "filename", "file_name", "recording")
"""What columns of recordings are usually called."""

TEXTS = ("text", "transcript", "transcription", "sentence", "words", "label")
"""What columns of texts are usually called."""

TABLES = ("manifest.csv", "manifest.tsv", "metadata.csv", "metadata.tsv")
"""Names of tables that are read in place of the folder they lie in."""


@dataclass(frozen=True)
class Recordings:
    """Where recordings are, and what is said in them.

    Attributes:
        paths: N of them.
        names: How each is called in answers: its path from the folder or table that was given.
        texts: Of each; None where none is known.
        notes: What was found, guessed or left out.
    """

    paths: list[Path]
    names: list[str]
    texts: list[str] | None
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)


def read_recordings(
    data: str | Path, *, pattern: str | None = None, texts: bool = True
) -> Recordings:
    """Finds recordings, and what is said in them.

    A table has a row a recording, its path from the table's folder, and its text: CSV, or TSV with
    tabs, columns found by their names (``wav``, ``text``), or two without names. A folder may hold
    such a table by the name of ``manifest.csv`` or ``metadata.csv``; otherwise a text lies in a
    ``.txt`` file of the same name beside each recording; or, if there is none and the recordings
    lie in at least two folders, the text is the name of a recording's folder.

    Args:
        data: The table or folder; without ``texts`` also a recording.
        pattern: What names of recordings look like and where the text is in them, as
            ``"{text}_{}"`` or ``"{text}/{}"``; None for the rules above.
        texts: Whether texts must be there. Where they need not be, none is looked for.

    Raises:
        DataError: If there is nothing, or texts cannot be told.
        OptionError: If the pattern is none.
    """
    data, named = Path(data), None if pattern is None else Pattern.of(pattern)
    if data.is_dir():
        table = next((data / name for name in TABLES if (data / name).is_file()), None)
        if table is None or named is not None:
            return _of_folder(data, named, texts=texts)
        found = _of_table(table, texts=texts)
        return Recordings(
            found.paths, found.names, found.texts, (f"read from {table.name}", *found.notes)
        )
    text_files.check_there(data, "recordings: a table, a folder or one")
    if data.suffix.lower() in ENDINGS:
        return _single(data, named, texts=texts)
    return _of_table(data, texts=texts)


def _single(path: Path, pattern: Pattern | None, *, texts: bool) -> Recordings:
    if not texts:
        return Recordings([path], [path.name], None, ())
    raise DataError(
        f"{path} is one recording.", "a table (wav,text), or a folder of recordings and texts"
    )


def _of_table(path: Path, *, texts: bool) -> Recordings:
    rows = read_rows(path, "a table of recordings and texts")
    sound, text, named = _columns(rows, path, texts=texts)
    body = rows[1:] if named else rows
    places = [path.parent / row[sound] for row in body]
    there = [place.is_file() for place in places]
    _check_any(path, body, sound, there)
    notes = []
    if missing := there.count(False):
        first = body[there.index(False)][sound]
        notes.append(
            f"{missing:,} of {len(body):,} recordings in {path.name} are not there, {first!r} for "
            "one: left out"
        )
    kept = [number for number, is_there in enumerate(there) if is_there]
    return Recordings(
        [places[number] for number in kept],
        [body[number][sound] for number in kept],
        [body[number][text] for number in kept] if texts and text is not None else None,
        tuple(notes),
    )


def _columns(
    rows: Sequence[Sequence[str]], path: Path, *, texts: bool
) -> tuple[int, int | None, bool]:
    """Where recordings and texts are, and whether the first row is names."""
    first = [name.casefold() for name in rows[0]]
    sound = next((first.index(one) for one in SOUNDS if one in first), None)
    text = next((first.index(one) for one in TEXTS if one in first), None)
    if sound is not None and (text is not None or not texts):
        return sound, text, True
    as_sounds = [Path(cell).suffix.lower() in ENDINGS for cell in rows[0]]
    if sound is None and text is None and as_sounds.count(True) == 1:
        place = as_sounds.index(True)
        if not texts:
            return place, None, False
        if len(first) == 2:
            return place, 1 - place, False
    raise DataError(
        f"{path} has {len(first)} column{'s' if len(first) > 1 else ''}, the first row "
        f"{' | '.join(rows[0])[:60]!r}",
        "columns that are called wav and text, or two without names",
        "write wav,text as its first row",
    )


def _check_any(
    path: Path, body: Sequence[Sequence[str]], sound: int, there: Sequence[bool]
) -> None:
    if any(there):
        return
    first = body[0][sound] if body else ""
    raise DataError(
        f"none of the {len(body):,} recordings in {path} is there"
        + (f": no file {path.parent / first}" if body else ""),
        "paths from the folder of the table, or whole ones",
    )


def _of_folder(folder: Path, pattern: Pattern | None, *, texts: bool) -> Recordings:
    paths = sorted(one for one in folder.rglob("*") if one.suffix.lower() in ENDINGS)
    names = [one.relative_to(folder) for one in paths]
    if not paths:
        raise DataError(
            f"{folder} holds no recording.", f"files whose names end in {', '.join(ENDINGS)}"
        )
    if not texts:
        return Recordings(paths, [one.as_posix() for one in names], None, ())
    found, how = _texts(paths, names, pattern)
    if not any(one is not None for one in found):
        raise _untold(folder, names, pattern)
    kept = [number for number, one in enumerate(found) if one is not None]
    notes = [how]
    if missing := len(paths) - len(kept):
        first = names[next(number for number, one in enumerate(found) if one is None)]
        notes.append(
            f"{missing:,} of {len(paths):,} recordings have no text, {str(first)!r} for one: left "
            "out"
        )
    return Recordings(
        [paths[number] for number in kept],
        [names[number].as_posix() for number in kept],
        [found[number] or "" for number in kept],
        tuple(notes),
    )


def _texts(
    paths: Sequence[Path], names: Sequence[Path], pattern: Pattern | None
) -> tuple[list[str | None], str]:
    """The text of each recording, and how it was found."""
    if pattern is not None:
        found = [pattern.text(one) for one in names]
        return found, f"texts are from names made as {pattern.written!r}"
    beside = [one.with_suffix(".txt") for one in paths]
    if any(one.is_file() for one in beside):
        return [_written(one) for one in beside], "texts are in .txt files beside the recordings"
    folders = {one.parent.name for one in names if one.parent.name}
    if len(folders) > 1:
        return [one.parent.name or None for one in names], (
            "no .txt file lies beside a recording: the text is taken to be the name of its folder, "
            f"as {min(folders)!r}, of which there are {len(folders):,}"
        )
    return [None] * len(paths), ""


def _written(path: Path) -> str | None:
    if not path.is_file():
        return None
    content = text_files.content(path)
    # Nothing said is a text too, of which a fit has its own word.
    return text_files.decoded(content, path, "a text").strip() if content.strip() else ""


def _untold(folder: Path, names: Sequence[Path], pattern: Pattern | None) -> DataError:
    first = names[0].as_posix()
    if pattern is not None:
        return DataError(
            f"none of the {len(names):,} names in {folder} is made as {pattern.written!r}: "
            f"{first!r} for one",
            "a pattern that fits a name without its ending, {text} where the text is",
        )
    return DataError(
        f"nothing says what is spoken in the {len(names):,} recordings of {folder}, {first!r} for "
        "one",
        "a .txt file beside each recording, or manifest.csv with columns wav and text",
        "--text-from-name '{text}_{}' if texts are in the names",
    )
