"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from pathlib import Path

from recurra.errors import OutputError


def write(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it.

    The bytes go to a file beside it, which takes the name only when they are all on the disk:
    whatever interrupts the writing, a former file stays as it was. What a process that was killed
    while it wrote the same file left beside it is removed. Missing folders are made.

    Raises:
        OutputError: The file cannot be written there.
    """
    aside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sweep(path.parent, re.compile(rf"\.{re.escape(path.name)}\.(\d+)\.part"))
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        _settle(path.parent)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}",
            "a name in a folder that can be written to, on a disk with room",
            "another place, or make room",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()


def sweep(folder: Path, names: re.Pattern[str]) -> None:
    """Removes what processes that are no more left in a folder, this one's number among them.

    Args:
        folder: Where it lies.
        names: Of files and folders; the first group is the number of the process.
    """
    with contextlib.suppress(OSError):
        found = [(path, names.fullmatch(path.name)) for path in folder.iterdir()]
        # In a container the same number is given again and again.
        left = [path for path, name in found if name and not _another(int(name[1]))]
        for path in left:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _another(process: int) -> bool:
    """Whether it is another that is at work; where that cannot be asked, it is taken to be."""
    if process == os.getpid() or os.name != "posix":
        return process != os.getpid()
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _settle(folder: Path) -> None:
    """Brings a new name in a folder to the disk, where that can be asked for."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
