"""Names that there are not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from recurra.errors import OptionError


def unknown(what: str, name: str, known: Iterable[str], also: str = "") -> OptionError:
    """The error that says which names there are, and which of them is near.

    Args:
        what: What is called so, as ``"the task"``.
        name: The one that was given.
        known: Those that there are.
        also: What would do as well, behind them.
    """
    names = list(known)
    near = difflib.get_close_matches(name.lower(), names, n=1)
    said = f"did you mean {near[0]!r}?" if near else ""
    return OptionError(f"{what} {name!r}", f"one of {', '.join(names)}{also}", said)
