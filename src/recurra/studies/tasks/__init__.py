"""What networks can be compared on: one module a family, whose ``TASKS`` are found by themselves.

A task that has ``files`` reads the first of them that lies anywhere in the folder ``data``; the
others make their data up, from a seed of their own, and need nothing.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache
from pathlib import Path

from recurra.errors import DataError, OptionError
from recurra.studies.material import Material, Task


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
        near = difflib.get_close_matches(name.lower(), known(), n=1)
        raise OptionError(
            f"the task {name!r}",
            f"one of {', '.join(known())}",
            f"did you mean {near[0]!r}?" if near else "",
        )
    return known()[name]


@cache
def material(name: str, data: Path | None = None) -> Material:
    """A task's data; read or made once a process.

    Args:
        name: Of the task.
        data: A folder, with folders in it, in which its file is looked for; or the file itself.

    Raises:
        OptionError: If there is no such task.
        DataError: If its file is not there, or cannot be read.
    """
    task = find(name)
    return task.make(place(name, data)) if task.files else task.make()


def place(name: str, data: Path | None) -> Path:
    """Where the file of a task lies.

    Raises:
        DataError: If it is not there.
    """
    task = find(name)
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
