"""What came of a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["holds", "fails", "does not apply"]


@dataclass(frozen=True)
class Finding:
    """What came of a check of one cell.

    Attributes:
        check: What was checked, as a plain sentence.
        outcome: ``"holds"``, ``"fails"``, or ``"does not apply"`` to this cell.
        detail: What was seen, in words and figures, or why it does not apply.
    """

    check: str
    outcome: Outcome
    detail: str
