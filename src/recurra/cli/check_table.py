"""What came of the checks of a cell, on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recurra.cli.cell_table import WIDTH

if TYPE_CHECKING:
    from recurra.conformance import Finding
    from recurra.language import Cell

_STYLES = {"holds": "green", "fails": "bold red", "does not apply": "dim"}


def show_findings(cell: Cell, findings: Sequence[Finding]) -> None:
    """Prints a row a check, and how many came out how.

    Args:
        cell: The cell.
        findings: What came of each check.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in ("check", "outcome", "what was seen"):
        table.add_column(title)
    for column in table.columns[:2]:
        column.no_wrap = True
    for finding in findings:
        outcome = Text(finding.outcome, style=_STYLES[finding.outcome])
        table.add_row(finding.check, outcome, Text(finding.detail))
    console.print(table)
    counts: Counter[str] = Counter(finding.outcome for finding in findings)
    said = ", ".join(f"{counts[outcome]} {_PLURALS[outcome]}" for outcome in _STYLES)
    console.print(f"\n{cell.name}: of {len(findings)} checks {said}.", markup=False)


_PLURALS = {"holds": "hold", "fails": "fail", "does not apply": "do not apply"}
