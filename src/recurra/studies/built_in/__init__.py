"""Studies that come with Recurra: one module each, with what its paper found, as ``BUILT``."""

from __future__ import annotations

import difflib
import importlib
import pkgutil

from recurra.errors import OptionError
from recurra.studies.analysis.findings import Built


def names() -> list[str]:
    """The name of every study, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find(name: str) -> Built:
    """The study of that name.

    Raises:
        OptionError: If there is none; the nearest is suggested.
    """
    if name not in names():
        near = difflib.get_close_matches(name.lower(), names(), n=1)
        raise OptionError(
            f"the study {name!r}",
            f"one of {', '.join(names())}, or a file that ends in .toml",
            f"did you mean {near[0]!r}?" if near else "",
        )
    built: Built = importlib.import_module(f"{__name__}.{name}").BUILT
    return built
