"""``recurra cells``: what cells there are, and what one of them is."""

from __future__ import annotations

from typing import Annotated

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError


@reported
def cells(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A cell or regulariser, or a cell of your own, path/to/file.py:NAME.",
            metavar="NAME",
        ),
    ] = None,
    input_size: Annotated[int, typer.Option(help="I, the numbers in a step of the input.")] = 10,
    hidden_size: Annotated[int, typer.Option(help="H, the units of the layer.")] = 100,
) -> None:
    """List all cells, or show the equations and the origin of the one called NAME.

    The two sizes are those of the layer for which parameters are counted.
    """
    from recurra.catalogue import Entry, regularisers

    sizes = {"H": hidden_size, "I": input_size}
    if min(sizes.values()) < 1:
        raise OptionError(
            f"--input-size {input_size} --hidden-size {hidden_size}",
            "whole numbers of at least 1",
            "recurra cells --input-size 10 --hidden-size 100",
        )
    changing = {one.name.lower(): one for one in regularisers()}
    if name is None:
        from recurra.cli.cell_table import show_cells

        show_cells(sizes)
    elif name.lower() in changing:
        from recurra.cli.cell_page import regulariser_page

        typer.echo(regulariser_page(changing[name.lower()]))
    else:
        from recurra.cli.cell_page import cell_page
        from recurra.own import load_cell

        typer.echo(cell_page(Entry(load_cell(name)), sizes))
