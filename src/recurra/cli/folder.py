"""The folder that a command writes its results to."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from recurra import atomic
from recurra.cli.processes import is_first
from recurra.errors import OutputError

_ASIDE = re.compile(r"\.recurra-(\d+)-\w+")
"""What is being written, with the number of the process."""


@contextmanager
def results_folder(path: Path) -> Iterator[Path]:
    """Makes sure that results can be written before any work is done for them.

    A folder that was made for nothing is removed again, and so is what a command left in it that
    was killed while it wrote its results.

    Raises:
        OutputError: If they cannot.
    """
    # Of several processes only the first takes away what it finds no use for.
    made = not path.exists() and is_first()
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
        atomic.sweep(path, _ASIDE)
    except OSError as error:
        if made:
            _remove_if_empty(path)
        raise _unwritable(path, error) from error
    try:
        yield path
    finally:
        if made:
            _remove_if_empty(path)


def publish(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes all files or none: they take their names only when all are on the disk.

    A kill between two names leaves each file whole, the former one or the new.

    Raises:
        OutputError: If they cannot be written.
    """
    aside = None
    try:
        aside = Path(tempfile.mkdtemp(prefix=f".recurra-{os.getpid()}-", dir=folder))
        for name, content in files.items():
            (aside / name).write_bytes(content)
        for name in files:
            (aside / name).replace(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"results cannot be written to {path}: {error.strerror or error}",
        "a folder that can be written to, on a disk with room",
        "name another with --out DIR",
    )


def _remove_if_empty(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.rmdir()
