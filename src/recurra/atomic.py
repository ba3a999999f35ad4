"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from recurra.errors import OutputError


def write(path: Path, content: bytes) -> None:
    """Writes a file so that nobody ever sees half of it.

    The bytes go to a file beside it, which takes the name only when they are all on the disk:
    whatever interrupts the writing, a former file stays as it was. Missing folders are made.

    Raises:
        OutputError: The file cannot be written there.
    """
    aside = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}",
            "a name in a folder that can be written to, on a disk with room",
            "another place, or make room",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink()
