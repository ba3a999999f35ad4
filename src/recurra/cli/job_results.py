"""What a fit of a job leaves behind, beside its model and by its name."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recurra.cli.folder import publish, results_folder
from recurra.cli.keeping import Kept
from recurra.cli.processes import leave_to_first
from recurra.cli.reporting import INTERRUPTED
from recurra.errors import DataError, OptionError

if TYPE_CHECKING:
    from recurra.training import Callback, Checkpoint

Out = Annotated[Path, typer.Option(help="Where the model is written.", metavar="MODEL")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
Seed = Annotated[int, typer.Option(help="The same seed gives the same model.")]
Input = Annotated[
    Path | None,
    typer.Argument(help="A file; - for standard input.", metavar="INPUT", allow_dash=True),
]
Text = Annotated[str | None, typer.Option(help="A text in place of INPUT.")]
ResultFile = Annotated[
    Path | None, typer.Option(help="A file. [default: standard output]", metavar="FILE")
]

SUFFIX = ".safetensors"


@contextmanager
def place_for(out: Path) -> Iterator[None]:
    """Makes sure that a model can be written before any work is done for it.

    Raises:
        OptionError: If the name does not end as a model's does.
        OutputError: If nothing can be written there.
    """
    if out.suffix != SUFFIX:
        raise OptionError(f"--out {out}", f"a name that ends in {SUFFIX}", f"--out {out}{SUFFIX}")
    with results_folder(out.parent):
        yield


@contextmanager
def fitting(out: Path, kept: Kept) -> Iterator[Checkpoint]:
    """A fit and all that is written of it, kept beside the model while it goes on.

    Of a fit that Ctrl-C ended with the best so far it is said how it goes on, and the process ends
    with 130. A kill while the report is made costs no training: its end is kept until all is there.

    Args:
        out: Where the model is written.
        kept: How the run is kept.

    Raises:
        OptionError: If the name does not end as a model's does.
        OutputError: If nothing can be written there.
    """
    with place_for(out), kept.run(out.with_suffix(".checkpoint")) as checkpoint:
        yield checkpoint
        if checkpoint.stopped:
            raise typer.Exit(INTERRUPTED)


@dataclass(frozen=True)
class Report:
    """What is told of a model.

    Attributes:
        figures: Plain data, the verdict among them.
        page: HTML.
        picture: A PNG.
        history: The losses, as CSV.
    """

    figures: Mapping[str, Any]
    page: str
    picture: bytes
    history: str


def keep(
    out: Path, model: bytes, report: Callable[[], Report], say: Teller, *, as_json: bool
) -> None:
    """Writes the model, and its report, picture, figures and losses beside it, all or none.

    Ctrl-C while the report is made does not cost the model: it is written alone.

    Args:
        out: Where the model is written.
        model: The content of its file.
        report: Makes what is told of it.
        say: Says the verdict, and where everything lies.
        as_json: Whether to print the figures.

    Raises:
        OutputError: If they cannot be written.
    """
    leave_to_first()
    try:
        told = report()
    except KeyboardInterrupt:
        publish(out.parent, {out.name: model})
        aside(f"Interrupted while the report was made. The model is kept: {out}")
        raise typer.Exit(INTERRUPTED) from None
    name = out.name.removesuffix(SUFFIX)
    files = {
        f"{name}.html": told.page.encode(),
        f"{name}.png": told.picture,
        f"{name}.json": to_json(told.figures).encode(),
        f"{name}.csv": told.history.encode(),
        # Last, so that a model that is there has all of it.
        out.name: model,
    }
    publish(out.parent, files)
    say.results(told.figures, out)
    if as_json:
        typer.echo(to_json(told.figures), nl=False)


def to_json(found: Any) -> str:
    """Plain data as text; letters of all scripts as they are."""
    return json.dumps(found, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def command() -> str:
    """What the user typed."""
    return shlex.join(["recurra", *sys.argv[1:]])


def aside(line: str) -> None:
    """A line on standard error, since answers go to standard output."""
    typer.echo(line, err=True)


def notes_aside(notes: Sequence[str]) -> None:
    """Each on a line of its own there."""
    for note in notes:
        aside(f"- {note}")


class Teller:
    """Says things on standard output while a job learns; progress goes to standard error.

    Args:
        say: Whether to say anything on standard output.
        show_progress: Whether to show progress.
    """

    def __init__(self, *, say: bool, show_progress: bool) -> None:
        self._say, self._show_progress = say, show_progress

    def line(self, text: str) -> None:
        """A line."""
        if self._say:
            typer.echo(text)

    def notes(self, notes: Sequence[str]) -> None:
        """Each on a line of its own."""
        for note in notes:
            self.line(f"- {note}")

    def watch(self) -> list[Callback]:
        """What shows progress, with the time left."""
        from recurra.training import Progress

        return [Progress()] if self._show_progress else []

    def results(self, figures: Mapping[str, Any], out: Path) -> None:
        """The verdict, and where everything lies."""
        self.line(str(figures["verdict"]))
        self.line(f"Model: {out}")
        self.line(f"Report: {out.with_suffix('.html')}")

    def next_steps(self, *commands: str) -> None:
        """What can be tried next."""
        self.line("Next:")
        for one in commands:
            self.line(f"  {one}")


def given(source: Path | None, text: str | None, read: Callable[[Path], Any], wrap: Any) -> Any:
    """What is to be answered: a file's, standard input's, or a text's.

    Args:
        source: A file, or - for standard input, or None.
        text: A text in its place, or None.
        read: Reads a file.
        wrap: Makes the same of a text.

    Raises:
        OptionError: If there are both or none.
        DataError: If standard input is not UTF-8.
    """
    if (source is None) == (text is None):
        raise OptionError(
            "neither INPUT nor --text" if text is None else f"both {source} and --text",
            "one of the two",
            'recurra predict MODEL --text "..."',
        )
    if text is not None:
        return wrap(text)
    assert source is not None
    return wrap(_standard_input()) if str(source) == "-" else read(source)


def _standard_input() -> str:
    """All of it, in UTF-8 whatever the locale says."""
    content = sys.stdin.buffer.read()
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line, byte = content.count(b"\n", 0, error.start) + 1, content[error.start]
        raise DataError(
            f"Standard input is not UTF-8: line {line} holds the byte 0x{byte:02x}.",
            "text in UTF-8",
            "convert it on its way: iconv -f CP1252 -t UTF-8 FILE | recurra predict MODEL -",
        ) from error


def write(content: str, out: Path | None) -> None:
    """To a file, whole or not at all, or to standard output."""
    from recurra import atomic

    if out is None:
        typer.echo(content, nl=False)
    else:
        atomic.write(out, content.encode())
        typer.echo(f"Written: {out}", err=True)
