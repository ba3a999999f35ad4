"""Strokes on the command line: what ``caption`` does with tables of drawings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from recurra.cli import job_results as results

if TYPE_CHECKING:
    from recurra.applications.caption.strokes import Drawer
    from recurra.applications.caption.strokes.reading import Drawn
    from recurra.training import Checkpoint

Columns = tuple[str | None, str | None]
"""Of pictures and of strokes; None to find them."""


def is_drawn(table: Path, columns: Columns) -> bool:
    """Whether a table tells of strokes."""
    from recurra.applications.caption.strokes.reading import holds_strokes

    return holds_strokes(table, *columns)


def fit(
    table: Path,
    pictures: Path | None,
    columns: Columns,
    options: dict[str, Any],
    say: results.Teller,
    checkpoint: Checkpoint,
) -> Drawer:
    """Learns to draw."""
    from recurra.applications.caption.strokes import Drawer

    drawer = Drawer(**options)
    found = _read(table, pictures, columns)
    say.notes(found.notes)
    return drawer.fit(found.pictures, found.drawings, watch=say.watch(), checkpoint=checkpoint)


def keep(drawer: Drawer, name: str, out: Path, say: results.Teller, *, as_json: bool) -> None:
    """Writes the model and all that is told of it."""
    from recurra.applications.caption.strokes import report, stored

    say.notes(drawer.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(drawer),
            report.page(drawer, name=name, command=results.command()),
            report.draw(drawer),
            drawer.history_.to_csv(),
        )

    results.keep(out, stored.pack(drawer), told, say, as_json=as_json)


def predict(
    model: Path,
    data: Path,
    beam: int,
    picture: Path | None,
    drawings: Path | None,
    out: Path | None,
    *,
    as_json: bool,
) -> None:
    """Draws pictures: a table of their names and strokes, and SVG files."""
    from recurra import atomic
    from recurra.applications.caption.strokes import Drawer, sheet
    from recurra.applications.caption.strokes.drawer import unended
    from recurra.applications.pictures import paths_in, read_pictures

    given = read_pictures(paths_in(data) if data.is_dir() else [data])
    drawer = Drawer.load(model)
    found = drawer.predict(given.images, beam=beam)
    results.notes_aside([*given.notes, *unended(found)])
    if picture is not None:
        some = slice(sheet.MOST)
        atomic.write(picture, sheet.draw(given.images[some], found[some]))
        results.aside(f"Drawn: {picture}")
    if drawings is not None:
        for name, one in zip(given.names, found, strict=True):
            atomic.write(drawings / f"{name}.svg", one.to_svg().encode())
        results.aside(f"Drawn: {len(found):,} SVG files in {drawings}")
    texts = [one.text for one in found]
    results.write(
        _json(given.names, texts, [one.nats for one in found])
        if as_json
        else table_of(given.names, texts),
        out,
    )


def evaluate(
    model: Path, table: Path, pictures: Path | None, columns: Columns, beam: int, *, as_json: bool
) -> None:
    """Says how likely the strokes of a table are, and how near drawings come to them."""
    from recurra.applications.caption.strokes import Drawer
    from recurra.applications.caption.strokes.report import rows

    drawer = Drawer.load(model)
    found = _read(table, pictures, columns)
    results.notes_aside(found.notes)
    scores = drawer.evaluate(found.pictures, found.drawings, beam=beam)
    if as_json:
        typer.echo(results.to_json(scores.to_json()), nl=False)
        return
    typer.echo(f"{scores.count:,} drawings")
    for name, value in rows(scores):
        typer.echo(f"{name:24}{value}")


def table_of(names: Any, texts: list[str]) -> str:
    """Names of pictures and strokes, as CSV."""
    import polars as pl

    return pl.DataFrame(
        [pl.Series("picture", names, pl.String), pl.Series("strokes", texts, pl.String)]
    ).write_csv()


def _json(names: Any, texts: list[str], nats: list[float]) -> str:
    rows = zip(names, texts, nats, strict=True)
    return results.to_json(
        [{"picture": name, "strokes": text, "nats_a_step": one} for name, text, one in rows]
    )


def _read(table: Path, pictures: Path | None, columns: Columns) -> Drawn:
    from recurra.applications.caption.strokes.reading import read_drawn

    return read_drawn(table, folder=pictures, picture=columns[0], text=columns[1])
