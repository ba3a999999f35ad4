"""What networks can be compared on: one module a family, whose ``TASKS`` are found by themselves.

A task that has ``files`` reads the first of them that lies anywhere in the folder ``data``; the
others make their data up, from a seed of their own, and need nothing. Those of ``yours`` are of
whatever ``data`` names.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from recurra import text_files
from recurra.errors import DataError, OptionError
from recurra.studies.material import Material, Task
from recurra.studies.unknown import unknown


@cache
def known() -> dict[str, Task]:
    """Every task by its name."""
    found: dict[str, Task] = {}
    for module in pkgutil.iter_modules(__path__):
        found.update(importlib.import_module(f"{__name__}.{module.name}").TASKS)
    return dict(sorted(found.items()))


def find(name: str) -> Task:
    """The task of that name.

    Raises:
        OptionError: If there is none; the nearest is suggested.
    """
    if name not in known():
        raise unknown("the task", name, known())
    return known()[name]


@cache
def material(
    name: str, data: Path | None = None, columns: tuple[tuple[str, str], ...] = ()
) -> Material:
    """A task's data; read or made once a process.

    Args:
        name: Of the task.
        data: A folder, with folders in it, in which its file is looked for; or the file itself.
        columns: Those of its table that are named, by what they are.

    Raises:
        OptionError: If there is no such task, or it reads no such column.
        DataError: If its file is not there, or cannot be read.
    """
    task = find(name)
    check_columns(name, columns)
    return task.make(place(name, data), **dict(columns)) if task.needs_data else task.make()


def check_columns(name: str, columns: tuple[tuple[str, str], ...]) -> None:
    """Refuses columns that a task does not read.

    Raises:
        OptionError: If there is one.
    """
    task = find(name)
    for what, column in columns:
        if what not in task.columns:
            raise OptionError(
                f"the column {column!r} as {what} for the task {name}",
                f"a column for {', '.join(task.columns)}" if task.columns else "no column",
            )


def place(name: str, data: Path | None) -> Path:
    """Where the file of a task lies.

    Raises:
        DataError: If it is not there.
    """
    task = find(name)
    if task.whole:
        return _whole(name, data)
    if data is not None and data.is_file():
        return data
    for wanted in task.files:
        found = sorted(data.rglob(wanted)) if data is not None and data.is_dir() else []
        if found:
            return found[0]
    where = "no --data" if data is None else f"{data}, where no such file is"
    raise DataError(
        f"The task {name} needs {' or '.join(task.files)}; given was {where}.",
        "a folder that holds it",
        f"--data FOLDER; it is had from {task.source}",
    )


def _whole(name: str, data: Path | None) -> Path:
    if data is None:
        raise DataError(
            f"The task {name} is of your data; given was no --data.", "a file or a folder", "--data"
        )
    if not data.exists():
        text_files.check_there(data, "your data")
    return data
