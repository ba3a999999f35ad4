"""``recurra explain``: what a model remembers, and why it forecasts what it does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.cli.explaining import Asked
    from recurra.explain import Explanation
    from recurra.forecasting import Forecaster
    from recurra.language import Cell

PAGE, FIGURES = "explanation.html", "explanation.json"


@reported
def explain(
    model: Annotated[
        Path | None,
        typer.Argument(help="A model that was fitted before.", metavar="MODEL"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Argument(
            help="A file like those that MODEL predicts from. [default: of a forecaster, what it "
            "was fitted on]",
            metavar="DATA",
        ),
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Explain a small model of a season, fitted on the spot.")
    ] = False,
    row: Annotated[
        str | None,
        typer.Option(
            help="The series by its name, or the number of the text, sentence or sequence, from 1. "
            "[default: the first]",
            metavar="ID",
        ),
    ] = None,
    text: Annotated[str | None, typer.Option(help="A text instead of DATA.")] = None,
    ahead: Annotated[
        int | None,
        typer.Option(
            help="Of a forecaster, which value to come is explained, from 1. [default: 1]"
        ),
    ] = None,
    at: Annotated[
        int | None,
        typer.Option(
            help="Of a model that answers at every step, which word or symbol is explained, from "
            "1. [default: an entity; what comes next]"
        ),
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(
            help="How many past values a forecaster is shown; more than it forecasts from with a "
            "model that forecasts step by step. [default: as many]"
        ),
    ] = None,
    network: Annotated[
        int, typer.Option(help="Which of several networks that answer together, from 1.")
    ] = 1,
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
    """Show what a MODEL remembers, and why it answers what it does.

    Written are a page that opens offline (explanation.html): every gate and state at every step,
    the memory of each unit, which past values or words carry the answer, the cell's equations with
    the numbers of each step; and the figures (explanation.json).
    """
    from recurra.cli.folder import publish, results_folder
    from recurra.own import load_cell

    if (model is None) != demo:
        raise OptionError(
            "neither MODEL nor --demo" if model is None else f"both {model} and --demo",
            "a model to explain, or --demo",
        )
    asked = {"row": row, "text": text, "at": at, "network": network}
    of_series = {"ahead": ahead, "steps": steps}
    with results_folder(out):
        own = None if cell is None else load_cell(cell)
        found = _explained(model, data, own, asked, of_series)
        if beside is not None:
            other = _explained(beside, data, own, asked, of_series)
            found = found.beside(other)
        figures = _as_json(found.as_dict())
        publish(out, {PAGE: found.html().encode(), FIGURES: figures.encode()})
    typer.echo(figures if as_json else "\n".join(found.sentences), nl=not as_json)
    for note in found.notes if not as_json else ():
        typer.echo(f"- {note}", err=True)
    typer.echo(f"Page: {out / PAGE}", err=True)


def _explained(
    model: Path | None,
    data: Path | None,
    own: Cell | None,
    asked: Mapping[str, Any],
    of_series: Mapping[str, int | None],
) -> Explanation:
    from recurra import model_file
    from recurra.cli import jobs
    from recurra.cli.explaining import Asked

    if model is None:
        return _forecast(_demo(), None, Asked(Path("--demo"), data, **asked), of_series)
    question, kind = Asked(model, data, **asked), model_file.kind_of(model)
    job = jobs.find(kind)
    if job is None:
        from recurra.forecasting import Forecaster

        return _forecast(Forecaster.load(model, cell=own), data, question, of_series)
    for name, value in of_series.items():
        if value is not None:
            raise OptionError(f"--{name} {value} with a model of {kind}", "a forecaster")
    if not hasattr(job, "explain"):
        raise OptionError(
            f"{model}, a model of {kind}, which is not explained",
            f"a forecaster, or a model of {', '.join(jobs.that_explain())}: of networks that read "
            "one sequence step by step",
        )
    found: Explanation = job.explain(question)
    return found


def _forecast(
    forecaster: Forecaster, data: Path | None, asked: Asked, of_series: Mapping[str, int | None]
) -> Explanation:
    """What a forecaster's network does with a series."""
    from recurra.forecasting.files import read_table

    if asked.text is not None:
        raise OptionError("--text with a forecaster", "a model of texts", "give DATA")
    if asked.at is not None:
        raise OptionError(f"--at {asked.at} with a forecaster", "--ahead, a value to come")
    table = None if data is None else read_table(data)
    ahead, steps = of_series["ahead"], of_series["steps"]
    return forecaster.explain(
        table,
        id=asked.row,
        ahead=1 if ahead is None else ahead,
        steps=steps,
        network=asked.network,
    )


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
