"""``recurra demo``: a job on small data that the package makes by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recurra.cli import jobs
from recurra.cli.job_results import Quiet, Teller
from recurra.cli.reporting import reported
from recurra.errors import OptionError


@reported
def demo(
    job: Annotated[str, typer.Argument(help="The job.", metavar="JOB")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for data and results. [default: recurra-demo-JOB]", metavar="DIR"
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Try a job at once, on small data that are made up: fit, report and model, in half a minute.

    DIR gets the data, the model and its report; what to try next is printed.
    """
    from recurra.cli.folder import results_folder

    found = jobs.find(job)
    if found is None:
        raise OptionError(
            f"there is no job {job!r}", f"one of {', '.join(jobs.names())}", "recurra demo text"
        )
    folder = out or Path(f"recurra-demo-{job}")
    with results_folder(folder):
        found.demo(folder, Teller(say=not quiet, show_progress=not quiet))
