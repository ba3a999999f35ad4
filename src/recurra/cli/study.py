"""``recurra study``: which cell, how large, which learning rate."""

from __future__ import annotations

import contextlib
import shlex
import sys
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recurra.cli.keeping import Resume, seconds_of
from recurra.cli.reporting import INTERRUPTED, reported
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.studies import Built, Folder, Plan, Progress, Storage, Study

Name = Annotated[
    str,
    typer.Argument(
        help="greff2015, jozefowicz2015, chung2014, memory or yours; or a file that declares one.",
        metavar="NAME|FILE.toml",
    ),
]


@reported
def study(
    name: Name,
    data: Annotated[
        Path | None,
        typer.Option(help="A folder in which files of tasks are looked for, or one file."),
    ] = None,
    task: Annotated[
        list[str] | None, typer.Option(help="Only this task; may be given several times.")
    ] = None,
    trials: Annotated[
        int | None, typer.Option(help="Draws of each cell on each task.", min=1)
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            help="After this time no trial is begun, as 90s, 30m or 8h; --resume goes on.",
            metavar="TIME",
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(help="Trials at work at once, each in a process of its own.", min=1)
    ] = 1,
    ray: Annotated[
        str | None,
        typer.Option(
            help='Run trials on a Ray cluster: "local", "auto" or its address.', metavar="ADDRESS"
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder for it. [default: recurra-study-NAME]")
    ] = None,
    time: Annotated[
        str | None, typer.Option(help="Of yours: column of times. [default: found]", metavar="NAME")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(help="Of yours: column to forecast. [default: found]", metavar="NAME"),
    ] = None,
    id: Annotated[  # noqa: A002 - the word of the field
        str | None,
        typer.Option(
            help="Of yours: column that names the series to forecast. [default: found]",
            metavar="NAME",
        ),
    ] = None,
    series_column: Annotated[
        str | None,
        typer.Option(
            help="Of yours: column that tells series with classes apart. [default: found]",
            metavar="NAME",
        ),
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Of yours: column of texts. [default: found]", metavar="NAME")
    ] = None,
    label_column: Annotated[
        str | None,
        typer.Option(help="Of yours: column of classes. [default: found]", metavar="NAME"),
    ] = None,
    resume: Resume = False,
    table: Annotated[
        bool, typer.Option("--csv", help="Write every trial to trials.csv as well.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say the conclusion alone.")] = False,
) -> None:
    """Compare cells on equal terms: tasks x cells x a space of settings x seeds.

    NAME is a study that comes with Recurra, whose paper's findings are held against what is found
    here, or a file of TOML that declares yours: tasks, cells, a space of settings, a budget of
    parameters, passes or minutes.

    yours asks it of your own --data: a table of series to forecast, series or texts with classes, a
    text, or music. What it takes them for is said; --task says it instead: forecast, series-class,
    sentiment, text or music.

    The folder holds every trial (study.journal, which optuna can read), the report (report.html),
    its picture (report.png) and the figures (report.json). All can be stopped or killed at any
    time; --resume goes on, with more --trials too.
    """
    from recurra.studies import Driver, Folder, Plan, Storage, fingerprint

    if ray is not None and workers != 1:
        raise OptionError(
            f"both --workers {workers} and --ray {ray}",
            "one of them",
            "leave --workers out: Ray uses as many processors as its cluster has",
        )
    seconds = None if budget is None else seconds_of(budget, "--budget")
    columns = _named(
        time=time, target=target, id=id, series=series_column, text=text_column, label=label_column
    )
    declared, built = _declared(name, task, trials, columns, data)
    _check(declared, data)
    asked = declared.changed(data=declared.data or fingerprint.of_data(declared, data))
    if built and built.answer and not quiet:
        typer.echo(asked.about.replace(": ", ":\n- ", 1).replace("; ", "\n- "), err=True)
    interrupted = False
    folder = Folder(out or Path(f"recurra-study-{asked.name}"))
    with Storage(folder.path) as storage:
        declared = folder.begin(asked, resume=resume)
        # Who runs a trial elsewhere may be in another folder.
        there = data and data.resolve()
        plan = Plan(declared, storage, there, None if ray else folder.running)
        if not quiet:
            _tell_begun(asked, plan)
        try:
            with _executor(workers, ray) as executor:
                Driver(
                    plan,
                    executor=executor,
                    workers=getattr(executor, "width", workers),
                    seconds=seconds,
                    tell=(lambda _: None) if quiet else _tell,
                ).run()
        except KeyboardInterrupt:
            interrupted = True
        with contextlib.suppress(OSError):
            folder.running.rmdir()  # Empty, if nothing was cut off.
        _report(declared, built, storage, folder, table=table)
        if left := plan.remaining:
            typer.echo(f"{left} trials are left; the same command with --resume goes on.")
    if interrupted:
        raise typer.Exit(INTERRUPTED)


def _named(**columns: str | None) -> dict[str, str]:
    return {what: column for what, column in columns.items() if column is not None}


def _declared(
    name: str,
    only: list[str] | None,
    trials: int | None,
    columns: dict[str, str],
    data: Path | None,
) -> tuple[Study, Built | None]:
    """The study, with what was asked for on the command line."""
    from recurra.studies import built_in, toml_file

    built = None if name.endswith(".toml") else built_in.find(name)
    found = toml_file.read(Path(name)) if built is None else built.study
    chosen = tuple(only or found.tasks)
    if unknown := [one for one in chosen if one not in found.tasks]:
        raise OptionError(f"--task {unknown[0]}", f"one of {', '.join(found.tasks)}")
    each = {one: trials or found.trials_of(one) for one in chosen}
    columns = {**found.columns, **columns}
    asked = found.changed(tasks=chosen, trials=each, columns=columns)
    if built is None or built.made_for is None:
        return asked, built
    made = built.made_for(asked, data)
    return made.study, made


def _check(declared: Study, data: Path | None) -> None:
    """Refuses before anything runs what would fail later: a library, a file that is not there."""
    from recurra.studies import feasible, library

    library.optuna(), library.scipy_stats()
    feasible.check(declared, data)


def _executor(workers: int, ray: str | None) -> contextlib.AbstractContextManager[Executor | None]:
    if workers == 1 and ray is None:
        return contextlib.nullcontext(None)
    from recurra import executors

    return executors.opened(workers=None if ray else workers, ray=ray)


def _tell_begun(asked: Study, plan: Plan) -> None:
    for task in asked.tasks:
        if (kept := plan.study.trials_of(task)) > asked.trials_of(task):
            typer.echo(
                f"It goes on with {kept} trials of each cell on {task}, as it was begun: "
                f"{asked.trials_of(task)} would leave some out.",
                err=True,
            )
    if plan.remaining:
        typer.echo(f"{plan.remaining} trials to run.", err=True)


def _tell(progress: Progress) -> None:
    outcome, job = progress.outcome, progress.job
    left = ""
    if progress.seconds_left is not None:
        minutes = progress.seconds_left / 60
        left = f", {minutes / 60:.1f} hours left" if minutes > 90 else f", {minutes:.0f} min left"
    typer.echo(
        f"{progress.ended}/{progress.all} {job.study} {job.number + 1}: {outcome.validation:.4g} "
        f"held out, {outcome.passes} passes in {outcome.seconds:.0f} s ({outcome.ended}){left}",
        err=True,
    )


def _report(
    declared: Study, built: Built | None, storage: Storage, folder: Folder, *, table: bool
) -> None:
    import json

    from recurra import atomic
    from recurra.studies import Evidence, Results, picture, report

    evidence = Evidence.of(Results.of(declared, storage))
    drawn = picture.draw(evidence)
    page = report.page(evidence, built, drawn, "recurra " + shlex.join(sys.argv[1:]))
    atomic.write(folder.path / "report.png", drawn)
    figures = json.dumps(report.figures(evidence, built), indent=1, default=str)
    atomic.write(folder.path / "report.json", (figures + "\n").encode())
    if table:
        atomic.write(folder.path / "trials.csv", report.table_of_trials(evidence).encode())
    atomic.write(folder.path / "report.html", page.encode())
    for said in report.conclusions(evidence, built):
        typer.echo(said)
    typer.echo(f"Report: {folder.path / 'report.html'}")
