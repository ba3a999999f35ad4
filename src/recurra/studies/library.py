"""Optuna, which is imported when a study runs."""

from __future__ import annotations

import importlib
from typing import Any

from recurra.errors import OptionError


def optuna() -> Any:
    """The library, which then says nothing by itself but errors.

    Raises:
        OptionError: If it is not installed.
    """
    try:
        module = importlib.import_module("optuna")
    except ImportError as error:
        raise OptionError(
            "a study, for which the library optuna is not installed",
            "optuna",
            'pip install "recurra[study]"',
        ) from error
    module.logging.set_verbosity(module.logging.ERROR)
    return module
