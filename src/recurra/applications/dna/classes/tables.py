"""Sequences and their classes from a table, whose columns are told by their look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.applications.dna.alphabet import is_dna
from recurra.applications.tables import read_rows
from recurra.applications.tables.labelled import LABELS
from recurra.errors import DataError

SEQUENCES = ("sequence", "seq", "dna", "rna", "bases")
"""What columns of sequences are usually called."""

ENOUGH = 0.9
"""The share of a column's cells that must be of bases."""

LEAST = 4
"""The letters that its cells must have on the mean: a column of A and C may be of classes."""


@dataclass(frozen=True)
class Labelled:
    """Sequences and their classes.

    Attributes:
        sequences: N of them, some perhaps empty.
        labels: The class of each.
        notes: What was found and left out.
    """

    sequences: list[str]
    labels: list[str]
    notes: tuple[str, ...]


def read_labelled(
    path: str | Path, *, sequence: str | None = None, label: str | None = None
) -> Labelled:
    """Reads a table of sequences and classes.

    Sequences are in the column whose cells are of letters of bases, the longest if there are
    several. Classes are in the column that is called so; else, of the others, in the one with the
    fewest different cells. The first row is names if its cell in the column of sequences is a usual
    name, or most of its letters are no bases.

    Args:
        path: A CSV or TSV file, also with .gz.
        sequence: The name of the column of sequences; None to find it.
        label: The name of the column of classes; None to find it.

    Raises:
        DataError: If the table cannot be read, or columns cannot be told.
    """
    path = Path(path)
    rows = read_rows(path)
    place = _sequences(rows, sequence, path)
    named = sequence is not None or label is not None or _is_name(rows[0][place])
    names = rows[0] if named else None
    body = rows[1:] if named else rows
    classes = _labels(rows[0], body, place, label, path, named=named)
    kept = [row for row in body if row[classes]]
    if not kept:
        raise DataError(f"{path} has no row with a class.", "rows of a sequence and a class")
    notes = [
        f"sequences are in {_called(names, place)}, classes in {_called(names, classes)}; the "
        f"first row is {'names' if named else 'the first sequence'}"
    ]
    if missing := len(body) - len(kept):
        notes.append(f"{missing:,} rows without a class are left out")
    return Labelled(
        [_joined(row[place]) for row in kept], [row[classes] for row in kept], tuple(notes)
    )


def read_sequences(path: str | Path, *, sequence: str | None = None) -> list[str]:
    """Reads sequences without classes, from a table or a sequence a line.

    Args:
        path: A file, also with .gz.
        sequence: The name of the column of sequences; None to find it.

    Raises:
        DataError: If it cannot be read, or there is no column of sequences.
    """
    path = Path(path)
    rows = read_rows(path)
    place = _sequences(rows, sequence, path)
    named = sequence is not None or _is_name(rows[0][place])
    return [_joined(row[place]) for row in (rows[1:] if named else rows)]


def _sequences(rows: Sequence[Sequence[str]], name: str | None, path: Path) -> int:
    if name is not None:
        return _place(rows[0], name, path)
    width = range(len(rows[0]))
    body = rows[1:] or rows
    alike = [n for n in width if _share_of_dna(body, n) >= ENOUGH and _length(body, n) >= LEAST]
    if not alike:
        shares = [_share_of_dna(body, n) for n in width]
        best = max(width, key=lambda n: shares[n])
        raise DataError(
            f"No column of {path} is of bases: column {best + 1} is in {shares[best]:.0%} of its "
            f"rows, another begins with {_shown(rows[0])}.",
            "a column whose cells are letters of bases, as ACGTN",
            "name it, --sequence-column NAME, to see which letter is none",
        )
    return max(alike, key=lambda n: _length(body, n))


def _shown(row: Sequence[str]) -> str:
    """A row's beginning, for the words of an error."""
    text = " | ".join(row)
    return repr(text if len(text) <= 60 else text[:57] + "...")


def _labels(
    first: Sequence[str],
    body: Sequence[Sequence[str]],
    sequences: int,
    name: str | None,
    path: Path,
    *,
    named: bool,
) -> int:
    if name is not None:
        return _place(first, name, path)
    others = [n for n in range(len(first)) if n != sequences]
    if not others:
        raise DataError(
            f"{path} has one column, of sequences.",
            "a column of sequences and a column of classes",
            "put a comma or a tab between sequence and class",
        )
    usual = [n for n in others if named and first[n].casefold() in LABELS]
    found = usual[0] if usual else min(others, key=lambda n: len({row[n] for row in body}))
    classes = {row[found] for row in body if row[found]}
    if len(classes) > max(2, len(body) // 2):
        raise DataError(
            f"column {found + 1} of {path} has {len(classes):,} different classes in "
            f"{len(body):,} rows, {body[0][found]!r} for one",
            "classes that occur again and again",
            "name the column: --label-column NAME",
        )
    return found


def _share_of_dna(rows: Sequence[Sequence[str]], place: int) -> float:
    return sum(is_dna(_joined(row[place])) for row in rows) / len(rows)


def _length(rows: Sequence[Sequence[str]], place: int) -> float:
    return sum(len(row[place]) for row in rows) / len(rows)


def _is_name(cell: str) -> bool:
    """Whether a cell above sequences is their name, not a sequence with a wrong letter."""
    plain = sum(letter in "ACGTUN" for letter in cell.upper())
    return cell.casefold() in SEQUENCES or 2 * plain < len(cell)


def _joined(cell: str) -> str:
    """Without the spaces that are written between groups of bases."""
    return "".join(cell.split())


def _place(first: Sequence[str], name: str, path: Path) -> int:
    if name not in first:
        raise DataError(
            f"{path} has no column {name!r}.",
            f"one of {', '.join(map(repr, first[:20]))}" if len(first) < 21 else "another name",
            "name a column as the first row does",
        )
    return first.index(name)


def _called(names: Sequence[str] | None, place: int) -> str:
    return f"column {place + 1}" if names is None else repr(names[place])
