"""What can be done with every job: a verb, then the job or one of its models."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from recurra.cli import jobs
from recurra.cli.reporting import FAILED, MISUSED
from recurra.errors import ModelFileError

SUFFIX = ".safetensors"


def by_job(
    verb: str,
    text: str,
    widened: Callable[[Callable[..., None]], Callable[..., None]] = lambda command: command,
) -> typer.Typer:
    """``recurra VERB JOB ...``: a command a job.

    Args:
        verb: What each job's file calls it.
        text: The help.
        widened: Gives each command an option that all jobs have alike.
    """

    class Verb(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return jobs.names()

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            found = jobs.find(cmd_name)
            if found is None:
                given = f"there is no job {cmd_name!r}"
                _refuse(f"{given}\nExpected: one of {', '.join(jobs.names())}", MISUSED)
            return command_of(widened(getattr(found, verb)))

    return _group(Verb, verb, text, "JOB [ARGS]...")


def by_model(verb: str, text: str, beside: Mapping[str, Callable[..., None]]) -> typer.Typer:
    """``recurra VERB MODEL ...``: the command of the job whose model it is.

    So the options are those of that model: ``recurra predict MODEL --help`` lists them.

    Args:
        verb: What each job's file calls it.
        text: The help.
        beside: The commands for kinds of models that are of no job.
    """

    class Verb(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return []

        def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
            # The model may stand behind options, whose values only its own command can tell.
            place = next((n for n, one in enumerate(args) if one.endswith(SUFFIX)), 0)
            return super().parse_args(
                ctx, [*args[place : place + 1], *args[:place], *args[place + 1 :]]
            )

        def resolve_command(self, ctx: Any, args: list[str]) -> Any:
            # The command reads the name of the model again, as its first argument.
            return "", self.get_command(ctx, args[0]), args

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return command_of(_of_model(verb, Path(cmd_name), beside))

    return _group(Verb, verb, text, "MODEL [ARGS]...")


def _of_model(
    verb: str, path: Path, beside: Mapping[str, Callable[..., None]]
) -> Callable[..., None]:
    from recurra import model_file

    try:
        kind = model_file.kind_of(path)
    except ModelFileError as error:
        _refuse(str(error), FAILED)
    if kind in beside:
        return beside[kind]
    found = jobs.find(kind)
    if found is None:
        _refuse(
            f"{path} holds a {kind}, with which recurra {verb} does nothing\n"
            f"Expected: a model of {', '.join(jobs.names())}\n"
            "Try: a newer version of Recurra, if the model is of one",
            FAILED,
        )
    return getattr(found, verb)  # type: ignore[no-any-return]


def _refuse(said: str, code: int) -> Any:
    typer.echo(f"Error: {said}", err=True)
    raise typer.Exit(code)


def _group(kind: type[TyperGroup], verb: str, text: str, usage: str) -> typer.Typer:
    return typer.Typer(
        cls=kind,
        name=verb,
        help=text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        subcommand_metavar=usage,
    )


def command_of(function: Callable[..., None]) -> Any:
    """A function with its options as a command."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(function)
    return typer.main.get_command(app)
