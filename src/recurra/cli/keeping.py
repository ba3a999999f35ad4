"""The options of a command whose work can be stopped and go on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer

from recurra.cli.processes import is_first
from recurra.cli.reporting import INTERRUPTED
from recurra.errors import OptionError

if TYPE_CHECKING:
    from recurra.training import Checkpoint

Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Go on with the run of the same command that was stopped or killed."
    ),
]
CheckpointEvery = Annotated[
    str,
    typer.Option(
        help="How long between two checkpoints, from which a run goes on, as 30s, 5m or 1h.",
        metavar="TIME",
    ),
]

EVERY = "60s"

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Kept:
    """How the run of a command is kept.

    Attributes:
        every: Seconds from one checkpoint to the next.
        resume: Whether to go on with an earlier run; otherwise what that left is removed.
        quiet: Whether to say nothing of it.
    """

    every: float
    resume: bool
    quiet: bool

    @classmethod
    def asked(cls, every: str, *, resume: bool, quiet: bool) -> Self:
        """As the options say.

        Raises:
            OptionError: If ``every`` is no time above 0.
        """
        return cls(seconds_of(every, "--checkpoint-every"), resume=resume, quiet=quiet)

    @contextmanager
    def run(self, folder: Path) -> Iterator[Checkpoint]:
        """Where the run is kept until its results are written, and a word if it ends before.

        Args:
            folder: Of the checkpoints.
        """
        from recurra.training import Checkpoint

        checkpoint = Checkpoint(folder, every=self.every, verbose=0 if self.quiet else 1)
        if not is_first():
            with checkpoint:
                yield checkpoint
            return
        if self.resume and not checkpoint.exists:
            checkpoint.say(f"There is no unfinished run in {folder}: it begins anew.")
        elif checkpoint.exists and not self.resume:
            checkpoint.say(
                f"The unfinished run in {folder} is given up: this one begins anew. (With --resume "
                "the command that began it would have gone on.)"
            )
            checkpoint.clear()
        try:
            # What the fit has learned stays on the disk until what is made of it is there.
            with checkpoint:
                yield checkpoint
            _tell(checkpoint)
        except KeyboardInterrupt:
            if not checkpoint.exists:
                raise
            typer.echo("Interrupted.", err=True)
            _tell(checkpoint)
            raise typer.Exit(INTERRUPTED) from None
        except typer.Exit as ended:
            if ended.exit_code == INTERRUPTED:
                _tell(checkpoint)
            raise


def _tell(checkpoint: Checkpoint) -> None:
    """Says how it goes on, if it can."""
    if checkpoint.exists:
        typer.echo("The same command goes on from here with --resume.", err=True)


def seconds_of(time: str, option: str) -> float:
    """Seconds, minutes or hours, in seconds.

    Args:
        time: What was given.
        option: To which option, as ``"--budget"``.

    Raises:
        OptionError: If it is no time above 0.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", time.strip())
    seconds = float(found[1]) * _SECONDS[found[2]] if found else 0.0
    if not seconds:
        expected = "a time above 0 in seconds, minutes or hours: 30s, 5m, 1h"
        raise OptionError(f"{option} {time}", expected, f"{option} 5m")
    return seconds
