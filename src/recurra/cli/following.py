"""``recurra predict --stream``: a forecast after each row from standard input."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, cast

import typer

from recurra.cli.reporting import FAILED, INTERRUPTED

if TYPE_CHECKING:
    from io import BufferedReader

    from recurra.forecasting import Forecaster
    from recurra.forecasting.streaming import Following, Stream, TextRows
    from recurra.forecasting.streaming.text import Row

PIECE = 2**16
"""Bytes that are read at a time, if so many are there."""


def follow(forecaster: Forecaster, horizon: int | None, level: Sequence[float] | None) -> None:
    """Reads rows until there are no more, and writes the forecast that follows each.

    What is remarkable about rows goes to standard error, each kind of thing once, with a count at
    the end. The process ends with 130 where the user interrupted, and with 1 where nobody reads
    the forecasts any more.

    Raises:
        DataError: If standard input holds no rows, or its header lacks a column.
        OptionError: If an option is out of range.
    """
    from recurra.forecasting.streaming import TextRows

    stream = forecaster.stream(horizon, level)
    teller = _Teller(stream, TextRows(forecaster.clock_.columns, stream.remarks))
    try:
        for part in teller.parts():
            teller.write(stream.extend(part))
    except KeyboardInterrupt:
        teller.end("Interrupted")
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # What is left in the buffer would be complained of when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        teller.end("Nobody reads the forecasts any more")
        raise typer.Exit(FAILED) from None
    teller.end("End of the rows")


class _Teller:
    """Writes forecasts as they come, and says what is remarkable."""

    def __init__(self, stream: Stream, text: TextRows) -> None:
        self._stream = stream
        self._text = text
        self._said = 0
        self._forecasts = 0

    def parts(self) -> Iterator[list[Row]]:
        """The rows that are there already, in parts that are forecast from together."""
        # What is there is read at once; a plain read would wait for a whole piece.
        source = cast("BufferedReader", sys.stdin.buffer)
        while piece := source.read1(PIECE):
            yield from _split(self._text.feed(piece))
        yield from _split(self._text.end())

    def write(self, forecasts: Sequence[Following]) -> None:
        """Writes them out at once."""
        if forecasts:
            sys.stdout.write(self._written(forecasts))
            sys.stdout.flush()
            self._forecasts += len(forecasts)
        self._say()

    def _written(self, forecasts: Sequence[Following]) -> str:
        from recurra.forecasting.streaming import as_table

        if self._text.as_json:
            return "".join(f"{json.dumps(one.to_json())}\n" for one in forecasts)
        return as_table(forecasts).write_csv(include_header=not self._forecasts)

    def _say(self) -> None:
        for note in self._stream.notes[self._said :]:
            typer.echo(f"- {note}", err=True)
        self._said = len(self._stream.notes)

    def end(self, how: str) -> None:
        """The last words."""
        self._say()
        for line in self._stream.remarks.summary():
            typer.echo(f"- {line}", err=True)
        count = "1 forecast" if self._forecasts == 1 else f"{self._forecasts:,} forecasts"
        typer.echo(f"{how}: {count} written.", err=True)


def _split(rows: list[Row]) -> Iterator[list[Row]]:
    from recurra.forecasting.streaming import AT_ONCE

    waiting = iter(rows)
    while part := [*islice(waiting, AT_ONCE)]:
        yield part
