"""A look at the data on a terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from recurra.forecasting.doctor.finding import Severity
from recurra.forecasting.doctor.wording import number

if TYPE_CHECKING:
    from recurra.forecasting.doctor.inspection import Inspection

WIDTH = 100
"""Columns where there is no terminal to ask."""

_STYLES = {
    Severity.ERROR: "bold red",
    Severity.WARNING: "yellow",
    Severity.NOTE: "cyan",
    Severity.OK: "green",
}


def show(inspection: Inspection, console: Console) -> None:
    """Prints what was found: a row a finding, and below it what to do.

    Args:
        inspection: What was found.
        console: Where to.
    """
    console.print(Text(headline(inspection), style="bold"))
    console.print(Text(inspection.recommendation))
    console.print()
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for title in ("severity", "check", "what was found"):
        table.add_column(title, no_wrap=title != "what was found")
    for finding in inspection.findings:
        said = Text(finding.said)
        if finding.do:
            said.append(f"\n→ {finding.do}", style="dim")
        style = _STYLES[finding.severity]
        table.add_row(Text(finding.severity.word, style=style), Text(finding.check), said)
    console.print(table)


def headline(inspection: Inspection) -> str:
    """What was looked at, in a line."""
    step = inspection.frequency or "no regular step"
    return (
        f"{inspection.title}: {number(inspection.series, 'series')}, "
        f"{number(inspection.rows, 'row')}, {step}, {inspection.first} to {inspection.last}"
    )


def plain(inspection: Inspection) -> str:
    """The same as text without colours, ``WIDTH`` columns wide."""
    buffer = io.StringIO()
    console = Console(file=buffer, width=WIDTH, highlight=False, color_system=None)
    show(inspection, console)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines())
