"""Studies that come with Recurra: one module each, with what its paper found, as ``BUILT``."""

from __future__ import annotations

import importlib
import pkgutil

from recurra.studies.analysis.findings import Built
from recurra.studies.unknown import unknown


def names() -> list[str]:
    """The name of every study, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find(name: str) -> Built:
    """The study of that name.

    Raises:
        OptionError: If there is none; the nearest is suggested.
    """
    if name not in names():
        raise unknown("the study", name, names(), ", or a file that ends in .toml")
    built: Built = importlib.import_module(f"{__name__}.{name}").BUILT
    return built
