"""How a command ends when something is wrong: a screen of words, and an exit code."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from recurra.errors import CellError, OptionError, RecurraError

FAILED, MISUSED, INTERRUPTED = 1, 2, 130

Arguments = ParamSpec("Arguments")


def reported(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """Says what was given, what was expected and what to do, instead of a traceback.

    The process ends with 2 where an option is wrong, 130 where the user interrupted, else 1.
    """

    @wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except RecurraError as error:
            typer.echo(f"Error: {error}", err=True)
            misused = isinstance(error, OptionError | CellError)
            raise typer.Exit(MISUSED if misused else FAILED) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted: nothing was kept.", err=True)
            raise typer.Exit(INTERRUPTED) from None

    return run
