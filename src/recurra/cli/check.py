"""``recurra check``: whether a cell keeps to what every cell must."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli.reporting import FAILED, reported

if TYPE_CHECKING:
    from recurra.conformance import Finding
    from recurra.language import Cell


@reported
def check(
    cell: Annotated[
        str,
        typer.Argument(
            help="A cell of your own, path/to/file.py:NAME, or the name of one.", metavar="CELL"
        ),
    ],
) -> None:
    """Check that a CELL keeps to what every cell must, and print what was found.

    Small layers of it are held against what must come out. The exit code is 1 if anything fails.
    """
    from recurra.cli.check_table import show_findings
    from recurra.language import trace
    from recurra.own import load_cell

    loaded = load_cell(cell)
    # Equations that cannot be read are one fault and not one for each check.
    trace(loaded)
    findings = _findings(loaded)
    show_findings(loaded, findings)
    if any(finding.outcome == "fails" for finding in findings):
        raise typer.Exit(FAILED)


def _findings(cell: Cell) -> list[Finding]:
    """What came of each check, with a bar on standard error while it lasts."""
    from rich.console import Console
    from rich.progress import track

    from recurra.conformance import CHECKS, examine

    console = Console(stderr=True)
    steps = track(CHECKS, f"checking {cell.name}", console=console, transient=True)
    return [examine(cell, one) for one in steps]
