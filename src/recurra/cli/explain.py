"""``recurra explain``: what a model remembers, and why it forecasts what it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.explain import Explanation
    from recurra.forecasting import Forecaster
    from recurra.language import Cell

PAGE, FIGURES = "explanation.html", "explanation.json"


@reported
def explain(
    model: Annotated[
        Path | None,
        typer.Argument(help="A model of a forecaster or of sentiment.", metavar="MODEL"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Argument(
            help="A CSV (also .gz) or Parquet file; of texts, a table or a text a line. "
            "[default: what MODEL was fitted on]",
            metavar="DATA",
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Explain a small model of a season, fitted on the spot.")
    ] = False,
    row: Annotated[
        str | None,
        typer.Option(
            help="The series, or the number of the text, from 1. [default: the first]", metavar="ID"
        ),
    ] = None,
    text: Annotated[str | None, typer.Option(help="A text instead of DATA.")] = None,
    ahead: Annotated[int, typer.Option(help="Which value to come is explained, from 1.")] = 1,
    steps: Annotated[
        int | None,
        typer.Option(
            help="How many past values the network is shown; more than it forecasts from with a "
            "model that forecasts step by step. [default: as many]"
        ),
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(help="A second model, shown beside the first.", metavar="MODEL"),
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option(help="The model's cell, if it is your own, FILE.py:NAME. [default: in MODEL]"),
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder for the page.", metavar="DIR")] = Path(
        "explanation"
    ),
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")
    ] = False,
) -> None:
    """Show what a MODEL that was fitted before remembers, and why it forecasts what it does.

    Written are a page that opens offline (explanation.html): every gate and state at every step,
    the memory of each unit, which past values carry the forecast, the cell's equations with the
    numbers of each step; and the figures (explanation.json).
    """
    from recurra.cli.folder import publish, results_folder
    from recurra.own import load_cell

    if (model is None) != demo:
        raise OptionError(
            "neither MODEL nor --demo" if model is None else f"both {model} and --demo",
            "a model to explain, or --demo",
        )
    asked = {"row": row, "ahead": ahead, "steps": steps, "text": text}
    with results_folder(out):
        own = None if cell is None else load_cell(cell)
        found = _explained(model, data, own, **asked)
        if beside is not None:
            other = _explained(beside, data, own, **asked)
            found = found.beside(other)
        figures = _as_json(found.as_dict())
        publish(out, {PAGE: found.html().encode(), FIGURES: figures.encode()})
    typer.echo(figures if as_json else "\n".join(found.sentences), nl=not as_json)
    for note in found.notes if not as_json else ():
        typer.echo(f"- {note}", err=True)
    typer.echo(f"Page: {out / PAGE}", err=True)


def _explained(
    model: Path | None, data: Path | None, own: Cell | None, **asked: Any
) -> Explanation:
    from recurra import model_file
    from recurra.forecasting import Forecaster
    from recurra.forecasting.files import read_table

    if model is not None and model_file.kind_of(model) == "sentiment":
        return _of_text(model, data, asked["row"], asked["text"])
    if asked["text"] is not None:
        raise OptionError("--text with a forecaster", "a model of sentiment", "give DATA")
    if model is None:
        return _demo().explain(id=asked["row"], ahead=asked["ahead"], steps=asked["steps"])
    forecaster = Forecaster.load(model, cell=own)
    table = None if data is None else read_table(data)
    return forecaster.explain(table, id=asked["row"], ahead=asked["ahead"], steps=asked["steps"])


def _of_text(model: Path, data: Path | None, row: str | None, text: str | None) -> Explanation:
    """What a model of sentiment does with one text."""
    from recurra.applications.sentiment import SentimentClassifier
    from recurra.applications.tables import read_texts

    if (text is None) == (data is None):
        raise OptionError(
            "neither a text nor DATA" if data is None else f"both a text and {data}",
            "one of the two",
            f'recurra explain {model} --text "..."',
        )
    texts = [text or ""] if data is None else read_texts(data)[0]
    place = row or "1"
    if not place.isdecimal() or not 1 <= int(place) <= len(texts):
        raise OptionError(f"--row {row}", f"the number of a text, from 1 to {len(texts)}")
    return SentimentClassifier.load(model).look_inside(texts[int(place) - 1])


def _demo() -> Forecaster:
    from recurra.forecasting import Forecaster
    from recurra.forecasting.demo import weeks

    typer.echo("Fitting a small network on 1,000 days with a weekly season ...", err=True)
    return Forecaster(
        strategy="recursive", cell="lstm", hidden_size=16, lookback=56, horizon=14, epochs=8
    ).fit(weeks())


def _as_json(figures: Mapping[str, Any]) -> str:
    import json

    return json.dumps(figures, indent=2, allow_nan=False) + "\n"
