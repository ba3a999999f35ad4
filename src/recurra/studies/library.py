"""Libraries that only a study needs, imported when it runs."""

from __future__ import annotations

import importlib
from typing import Any

from recurra.errors import OptionError


def optuna() -> Any:
    """Optuna, which then says nothing by itself but errors.

    Raises:
        OptionError: If it is not installed.
    """
    module = _library("optuna", "optuna")
    module.logging.set_verbosity(module.logging.ERROR)
    return module


def scipy_stats() -> Any:
    """The tests of scipy.

    Raises:
        OptionError: If it is not installed.
    """
    return _library("scipy.stats", "scipy")


def fanova(trees: int) -> Any:
    """Optuna's forest that takes variance apart, of trees grown to their ends, seed 0.

    The class is not among what optuna promises to keep, but its public form weighs what was drawn
    evenly in its logarithm as if it had been drawn evenly, and tells of no pairs.

    Raises:
        OptionError: If optuna or scikit-learn is not installed.
    """
    _library("sklearn.ensemble", "scikit-learn")
    made = _library("optuna.importance._fanova._fanova", "optuna")._Fanova
    return made(n_trees=trees, max_depth=64, min_samples_split=2, min_samples_leaf=1, seed=0)


def _library(module: str, package: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise OptionError(
            f"a study, for which the library {package} is not installed",
            package,
            'pip install "recurra[study]"',
        ) from error
