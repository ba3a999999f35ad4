"""How much there is to judge by."""

from __future__ import annotations

from pathlib import Path

from recurra.errors import DataError

FEWEST = 2
"""Examples, at least: one has no spread, so nothing is told from chance."""

FEW = 10
"""Examples below which it is said how little can be told."""


def told(count: int, things: str, path: Path) -> list[str]:
    """A sentence where there is little to judge by.

    Args:
        count: Examples of the test part.
        things: What they are, as ``"stretches"``.
        path: What they are from, for the words of an error.

    Raises:
        DataError: If there are fewer than two.
    """
    if count < FEWEST:
        raise DataError(
            f"{path} with {count} of its {things} to judge by", f"at least {FEWEST}", "give more"
        )
    if count >= FEW:
        return []
    return [f"of {count} {things} to judge by only what is far better can be told from chance"]
