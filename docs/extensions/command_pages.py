"""The table of each command's options, from the command line itself."""

import inspect
from collections.abc import Iterator
from typing import Any

import generated
import typer
from sphinx.application import Sphinx

from recurra.cli import jobs
from recurra.cli.main import app as recurra
from recurra.cli.predict import predict
from recurra.cli.verbs import command_of

VERBS = {"fit": False, "predict": True, "evaluate": True}
"""What can be done with every job, and whether it is done with a model."""


def sections(name: str, command: Any) -> Iterator[str]:
    """A command; of what can be done with every job, a section a job."""
    if name not in VERBS:
        yield from section(f"recurra {name}", f"recurra {name}", command)
        return
    yield f"## recurra {name}"
    yield inspect.cleandoc(command.help or "")
    for job in jobs.names():
        called = f"recurra {name}" if VERBS[name] else f"recurra {name} {job}"
        title = f"recurra {name}, a model of {job}" if VERBS[name] else called
        yield from section(title, called, command_of(getattr(jobs.find(job), name)), level=3)
    if name == "predict":
        yield from section("recurra predict, a forecaster", called, command_of(predict), level=3)


def section(title: str, called: str, command: Any, level: int = 2) -> Iterator[str]:
    """How a command is called, what it does, and its options."""
    places = [p.name.upper() for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    yield f"{'#' * level} {title}"
    yield f"```console\n$ {called} {' '.join(places)} [OPTIONS]\n```"
    yield inspect.cleandoc(command.help or "")
    if options:
        head = ["| option | what it is | without it |", "|---|---|---|"]
        yield "\n".join([*head, *map(row, options)])


def row(option: Any) -> str:
    """A line of the table."""
    text, _, found = (option.help or "").replace("\\", "").partition(" [default: ")
    return f"| `{option.opts[0]}` | {text} | {found.removesuffix(']') or default(option)} |"


def default(option: Any) -> str:
    """What an option is when it is not given."""
    return "no" if option.is_flag else f"{option.default}"


def write(_: Sphinx) -> None:
    """Writes the page."""
    commands = typer.main.get_command(recurra).commands
    parts = [part for name, command in commands.items() for part in sections(name, command)]
    generated.write("commands.md", "\n\n".join(parts) + "\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Writes the page before each build."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
