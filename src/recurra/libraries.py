"""Libraries that only one job or option needs, imported when it needs them."""

from __future__ import annotations

import importlib
from typing import Any

from recurra.errors import OptionError


def library(module: str, *, package: str, use: str, extra: str) -> Any:
    """A module of a library that may be missing.

    Args:
        module: Its full name.
        package: What the library is called where it is installed from.
        use: What needs it, as ``"MIDI files"``.
        extra: The extra of Recurra that brings it.

    Raises:
        OptionError: If it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise OptionError(
            f"{use}, for which the library {package} is not installed",
            package,
            f'pip install "recurra[{extra}]"',
        ) from error
