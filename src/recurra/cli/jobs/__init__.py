"""The jobs on the command line, a file each: the file's name is the job's, with - for its _.

Each file has four commands: ``fit``, ``predict``, ``evaluate`` and ``demo``; and, if its networks
can be seen at work on one sequence, ``explain``, from what is asked to an explanation. Nothing else
needs to know of a job.
"""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def names() -> list[str]:
    """The jobs there are, sorted."""
    return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))


def that_explain() -> list[str]:
    """The jobs whose networks can be seen at work, sorted."""
    return [name for name in names() if hasattr(find(name), "explain")]


def find(name: str) -> ModuleType | None:
    """The commands of a job; None if there is no such job."""
    module = f"{__name__}.{name.replace('-', '_')}"
    return importlib.import_module(module) if name in names() else None
