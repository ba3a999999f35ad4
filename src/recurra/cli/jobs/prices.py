"""``prices`` on the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli import job_results as results
from recurra.cli import keeping
from recurra.cli.reporting import reported

if TYPE_CHECKING:
    from recurra.applications.prices import Market, NextPath, PriceModel

Model = Annotated[Path, typer.Argument(help="A model of prices.", metavar="MODEL")]
Data = Annotated[
    Path,
    typer.Argument(
        help="A table (CSV, TSV, also .gz): a row a period, with open, high, low, close.",
        metavar="DATA",
    ),
]
DateColumn = Annotated[
    str | None, typer.Option(help="The column of dates or times. [default: found]")
]
TickerColumn = Annotated[
    str | None, typer.Option(help="The column that tells tickers apart. [default: found]")
]


@reported
def fit(
    data: Data,
    out: results.Out = Path("recurra-prices.safetensors"),
    date_column: DateColumn = None,
    ticker_column: TickerColumn = None,
    lookback: Annotated[
        int | None, typer.Option(help="Periods that are read to foretell the next. [default: 60]")
    ] = None,
    cell: Annotated[str, typer.Option(help="One of those that recurra cells lists.")] = "gru",
    units: Annotated[
        int | None, typer.Option(help="Units of each layer. [default: 32 or 64, by data]")
    ] = None,
    layers: Annotated[int | None, typer.Option(help="Layers. [default: 1]")] = None,
    networks: Annotated[
        int | None, typer.Option(help="Networks that are averaged. [default: 3]")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="Passes over the prices, at most. [default: by data]")
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Stretches of periods a step. [default: 32]")
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="Size of the steps. [default: 0.001]")
    ] = None,
    seed: results.Seed = 0,
    resume: keeping.Resume = False,
    checkpoint_every: keeping.CheckpointEvery = keeping.EVERY,
    as_json: results.AsJson = False,
    quiet: results.Quiet = False,
) -> None:
    """Learn from DATA the path of the next period: its open, high, low and close.

    A period is a day, an hour, or whatever a row is; several tickers may stand in one table. The
    last 15% of time are judged once, beside the last period's values and the last close with
    a usual range, and what chance explains is said to be chance. MODEL holds all that is needed to
    use it; beside it, by its name, lie the report (.html), its picture (.png), the figures (.json)
    and the losses of the first network (.csv).

    A run of more than a minute can be stopped, or killed, and goes on with --resume.
    """
    from recurra.applications.prices import PriceModel

    options: dict[str, Any] = {
        "lookback": lookback,
        "cell": cell,
        "units": units,
        "layers": layers,
        "networks": networks,
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "seed": seed,
    }
    kept = keeping.Kept.asked(checkpoint_every, resume=resume, quiet=quiet)
    with results.fitting(out, kept) as checkpoint:
        market = _read(data, date_column, ticker_column)
        say = results.Teller(say=not (quiet or as_json), show_progress=not quiet)
        say.notes(market.notes)
        model = PriceModel(**options)
        model.fit(market.quotes, watch=say.watch(), checkpoint=checkpoint)
        _keep(model, data.name, out, say, market.notes, as_json=as_json)


@reported
def predict(
    model: Model,
    data: Data,
    date_column: DateColumn = None,
    ticker_column: TickerColumn = None,
    out: results.ResultFile = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Foretell the path of the period after the last one of each ticker of DATA.

    A row a ticker: its open, high, low and close, and between which prices the close lies in 50, 80
    and 95 of 100 cases.
    """
    from recurra.applications.prices import PriceModel

    market = _read(data, date_column, ticker_column)
    loaded = PriceModel.load(model)
    results.notes_aside(market.notes)
    rows = [_row(one) for one in loaded.predict(market.quotes)]
    results.write(results.to_json(rows) if as_json else _csv(rows), out)


@reported
def evaluate(
    model: Model,
    data: Data,
    date_column: DateColumn = None,
    ticker_column: TickerColumn = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help="Judge all periods, those that were learned from too."),
    ] = False,
    as_json: results.AsJson = False,
) -> None:
    """Say how far off paths are, from the time on that nothing was learned from."""
    from recurra.applications.prices import PriceModel, report

    market = _read(data, date_column, ticker_column)
    found = PriceModel.load(model).evaluate(market.quotes, everything=everything)
    results.notes_aside(market.notes)
    if everything:
        results.aside("- periods that were learned from are judged too: figures flatter")
    if as_json:
        typer.echo(results.to_json(report.finite(found.to_json())), nl=False)
        return
    table = report.errors_table(found)
    typer.echo(table.heading)
    for row in (table.columns, *table.rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, _WIDTHS, strict=True)))
    typer.echo(report.verdict(found))


_WIDTHS = (8, 10, 11, 11, 18)


def demo(folder: Path, say: results.Teller) -> None:
    """Learns from prices that the package makes up, of which only the range can be foretold."""
    from recurra import atomic
    from recurra.applications.prices import PriceModel, read_prices
    from recurra.applications.prices.demo import table

    data = folder / "prices.csv"
    atomic.write(data, table(seed=0).encode())
    market = read_prices(data)
    say.notes(market.notes)
    model = PriceModel(networks=1, epochs=30)
    model.fit(market.quotes, watch=say.watch())
    out = folder / "model.safetensors"
    _keep(model, "prices of a demo", out, say, market.notes, as_json=False)
    say.next_steps(f"recurra predict {out} {data}", f"recurra evaluate {out} {data}")


def _read(data: Path, date: str | None, ticker: str | None) -> Market:
    from recurra.applications.prices import Names, read_prices

    return read_prices(data, Names(ticker=ticker, date=date))


def _row(one: NextPath) -> dict[str, Any]:
    """A path as a row; prices to a hundred-thousandth of themselves."""
    day = str(one.after.astype("datetime64[s]")).removesuffix("T00:00:00")
    prices = dict(zip(("open", "high", "low", "close"), one.prices, strict=True))
    bounds = {
        f"close_{side}_{level}": bound
        for level, interval in one.intervals.items()
        for side, bound in zip(("low", "high"), interval, strict=True)
    }
    numbers = {"last_close": one.last, **prices, **bounds}
    return {
        "ticker": one.name,
        "after": day,
        **{name: float(f"{value:.7g}") for name, value in numbers.items()},
    }


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def _keep(
    model: PriceModel,
    name: str,
    out: Path,
    say: results.Teller,
    notes: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    from recurra.applications.prices import report, stored

    say.notes(model.notes_)
    # The page tells what was read too.
    model.notes_ = (*notes, *model.notes_)

    def told() -> results.Report:
        return results.Report(
            report.figures(model),
            report.page(model, name=name, command=results.command()),
            report.draw(model),
            model.histories_[0].to_csv(),
        )

    results.keep(out, stored.pack(model), told, say, as_json=as_json)
