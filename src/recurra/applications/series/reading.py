"""Series from whatever file or folder they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from recurra.applications.series.arrays_file import read_npz
from recurra.applications.series.collection import Collection
from recurra.applications.series.columns import Names
from recurra.applications.series.long_table import read_long
from recurra.applications.series.ts_file import read_ts
from recurra.applications.series.wide_table import read_wide
from recurra.errors import DataError

ENDINGS = (".ts", ".npz", ".csv", ".tsv", ".txt")


def read_series(path: str | Path, names: Names | None = None) -> Collection:
    """Reads series: a file, or a folder of such files.

    A file that ends in .ts is in the format of the UEA archive, one in .npz holds arrays; any other
    is a table, a row a step, or with ``names.wide`` a row a series. All but .npz may end in .gz.

    The files of a folder are read one after the other. Where it holds folders, these are classes:
    each file in one is a series of it.

    Args:
        path: The file or folder.
        names: Of a table's columns.

    Raises:
        DataError: If it cannot be read, or files differ in their channels.
    """
    path, names = Path(path), names or Names()
    if not path.is_dir():
        return _file(path, names)
    folders = [one for one in _inside(path) if one.is_dir()]
    if folders:
        return _joined([_of_class(one, names) for one in folders], path)
    return _joined([_prefixed(_file(one, names), one) for one in _files(path)], path)


def _file(path: Path, names: Names) -> Collection:
    ending = _ending(path)
    if ending == ".ts":
        return read_ts(path)
    if ending == ".npz":
        return read_npz(path)
    return read_long(path, names) if names.wide is None else read_wide(path, names)


def _of_class(folder: Path, names: Names) -> Collection:
    """The series in a folder, whose name is their class."""
    found = _joined([_prefixed(_file(one, names), one) for one in _files(folder)], folder)
    return Collection(
        found.series,
        [folder.name] * len(found),
        found.names,
        found.channels,
        found.groups,
        found.notes,
    )


def _prefixed(found: Collection, path: Path) -> Collection:
    """With the name of the file before that of each series, so that none is there twice."""
    alone = len(found) == 1
    names = [path.name if alone else f"{path.name}: {name}" for name in found.names]
    return Collection(found.series, found.labels, names, found.channels, found.groups, found.notes)


def _joined(parts: Sequence[Collection], folder: Path) -> Collection:
    """The series of several files as one collection."""
    first = parts[0]
    for part in parts:
        if len(part.channels) != len(first.channels):
            raise DataError(
                f"{folder}: {part.names[0]} has {len(part.channels)} channels, "
                f"{first.names[0]} {len(first.channels)}",
                "files of the same channels",
            )
    series = [one for part in parts for one in part.series]
    labels = [label for part in parts for label in (part.labels or [""] * len(part))]
    groups = [group for part in parts for group in (part.groups or [""] * len(part))]
    return Collection(
        series,
        labels if any(labels) else [],
        [name for part in parts for name in part.names],
        first.channels,
        groups if any(groups) else [],
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _files(folder: Path) -> list[Path]:
    found = [one for one in _inside(folder) if one.is_file() and _ending(one) in ENDINGS]
    if not found:
        raise DataError(
            f"{folder} holds no file of series.",
            f"files that end in {', '.join(ENDINGS)}",
        )
    return found


def _inside(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if not one.name.startswith("."))


def _ending(path: Path) -> str:
    return Path(path.name.lower().removesuffix(".gz")).suffix
