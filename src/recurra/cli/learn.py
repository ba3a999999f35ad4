"""``recurra learn``: a guided tour of recurrent networks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli.reporting import reported
from recurra.errors import OptionError

LANGUAGES = ("en", "zh")


@reported
def learn(
    language: Annotated[
        str, typer.Option("--lang", help="In which language it opens: en or zh.")
    ] = "en",
    out: Annotated[Path, typer.Option(help="An HTML file for the tour.", metavar="FILE")] = Path(
        "recurra-tour.html"
    ),
) -> None:
    """Write a guided tour of recurrent networks: small ones, run and trained on the spot.

    A page that opens offline, in English and Chinese: the plain network step by step, why gradients
    vanish, the LSTM in four steps, peepholes, coupled gates, the GRU, two directions, the five
    structures, and a sine that is learned. Each stop has a knob to turn.
    """
    from recurra import atomic
    from recurra.tour import tour

    if language not in LANGUAGES:
        raise OptionError(f"--lang {language}", f"one of {', '.join(LANGUAGES)}")
    typer.echo("Running and training the networks of the tour ...", err=True)
    atomic.write(out, tour(language).encode())
    typer.echo(f"Tour: {out}")
