"""Sentences and their translations from files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra import text_files
from recurra.applications.tables import read_rows
from recurra.errors import DataError

NAMES = re.compile(r"source|target|src|tgt|trg|[a-z]{2}", re.IGNORECASE)
"""What columns of a table of pairs are usually called: so, or by the codes of languages."""


@dataclass(frozen=True)
class Pairs:
    """Sentences and their translations.

    Attributes:
        sources: N sentences, some perhaps empty.
        targets: The translation of each.
        notes: What was found.
    """

    sources: list[str]
    targets: list[str]
    notes: tuple[str, ...] = ()


def read_pairs(source: str | Path, target: str | Path | None = None) -> Pairs:
    """Reads two files, line by line side by side, or one table of two columns.

    Args:
        source: Sentences, a line each; or, without ``target``, a table (TSV or CSV) whose first
            column they are and whose second are their translations. A first row of names is
            passed over. Each also with .gz.
        target: Their translations, a line each.

    Raises:
        DataError: If a file cannot be read, the files have different numbers of lines, or the
            table has not two columns.
    """
    if target is None:
        return _from_table(Path(source))
    sources, targets = read_lines(source), read_lines(target)
    if len(sources) != len(targets):
        raise DataError(
            f"{source} has {len(sources):,} lines and {target} has {len(targets):,}: they do not "
            "align.",
            "as many lines in both: each line of the second translates that line of the first",
            "look for a sentence that one of them has on two lines, or not at all",
        )
    return Pairs(sources, targets)


def read_lines(path: str | Path) -> list[str]:
    """The lines of a file, blank ones too.

    A line ends with a newline, before which a carriage return may stand, and with nothing else:
    marks that other programs take for the end of a line stay in it.

    Raises:
        DataError: If it is absent, empty or not UTF-8.
    """
    path = Path(path)
    text_files.check_there(path, "sentences")
    return lines_of(text_files.decoded(text_files.content(path), path, "a sentence a line"))


def lines_of(text: str) -> list[str]:
    """The lines of a text, blank ones too, the end of the last left off."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _from_table(path: Path) -> Pairs:
    rows = read_rows(path)
    if len(rows[0]) != 2:
        found = f"{path} has {len(rows[0])} column{'s' if len(rows[0]) > 1 else ''}"
        raise DataError(
            f"{found}, beginning with {_shown(' | '.join(rows[0]))}.",
            "a sentence and its translation in each row, or two files",
            "put a tab between the two, and take other columns away; or name the file with the "
            "translations behind it",
        )
    named = len(rows) > 1 and all(NAMES.fullmatch(cell) for cell in rows[0])
    body = rows[1:] if named else rows
    notes = (f"the first row is names: {' | '.join(rows[0])}",) if named else ()
    return Pairs(_column(body, 0), _column(body, 1), notes)


def _column(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    return [row[place] for row in rows]


def _shown(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
