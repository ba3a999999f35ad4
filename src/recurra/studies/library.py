"""Libraries that only a study needs, imported when it runs."""

from __future__ import annotations

from typing import Any

from recurra.libraries import library


def optuna() -> Any:
    """Optuna, which then says nothing by itself but errors.

    Raises:
        OptionError: If it is not installed.
    """
    module = _library("optuna", "optuna")
    module.logging.set_verbosity(module.logging.ERROR)
    return module


def filelock() -> Any:
    """Locks of files, on every system.

    Raises:
        OptionError: If it is not installed.
    """
    return _library("filelock", "filelock")


def scipy_stats() -> Any:
    """The tests of scipy.

    Raises:
        OptionError: If it is not installed.
    """
    return _library("scipy.stats", "scipy")


def forest_of(trees: int) -> Any:
    """A forest of regression trees, grown to their ends, seed 0.

    Raises:
        OptionError: If scikit-learn is not installed.
    """
    made = _library("sklearn.ensemble", "scikit-learn").RandomForestRegressor
    return made(n_estimators=trees, random_state=0)


def _library(module: str, package: str) -> Any:
    return library(module, package=package, use="a study", extra="study")
