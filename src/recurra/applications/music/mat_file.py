"""Piano rolls from a .mat file, as the JSB chorales and Nottingham are handed on."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import text_files
from recurra.applications.music.roll import checked
from recurra.errors import DataError
from recurra.libraries import library

PARTS = {"train": "traindata", "validation": "validdata", "test": "testdata"}
"""What the parts are called in a file."""


def read_mat(path: Path) -> dict[str, list[Tensor]]:
    """The parts that a file has, by name, the rolls of each, uint8 (T, 88).

    Args:
        path: A file of MATLAB up to version 7.2 whose cells ``traindata``, ``validdata`` and
            ``testdata`` hold a matrix (T, 88) a piece; those of training must be there.

    Raises:
        DataError: If it cannot be read, or holds something else.
        OptionError: If scipy is not installed.
    """
    arrays = _loaded(path)
    if PARTS["train"] not in arrays:
        names = [name for name in arrays if not name.startswith("__")]
        raise DataError(
            f"{path} holds {', '.join(names) or 'nothing'}", f"cells called {list(PARTS.values())}"
        )
    return {
        part: checked(list(arrays[name].ravel()), f"{path}: {name}")
        for part, name in PARTS.items()
        if name in arrays
    }


def _loaded(path: Path) -> Any:
    matlab = library("scipy.io", package="scipy", use=".mat files", extra="music")
    content = text_files.content(path)
    wrong = (ValueError, TypeError, NotImplementedError, OSError, LookupError, zlib.error)
    try:
        return matlab.loadmat(io.BytesIO(content))
    except (*wrong, EOFError, OverflowError, MemoryError, matlab.matlab.MatReadError) as error:
        raise DataError(
            f"{path} cannot be read as a file of MATLAB ({error}).",
            "a .mat file up to version 7.2",
            "copy it again, or write it with scipy.io.savemat",
        ) from error
