"""Text that comes in pieces, as rows: CSV with a header line, or JSON lines."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from recurra.errors import DataError
from recurra.forecasting.columns import Columns, check_columns
from recurra.forecasting.files import DECLARED, DELIMITERS
from recurra.forecasting.streaming import remarks as said
from recurra.forecasting.streaming.remarks import Remarks

Row = Mapping[str, Any]

LONGEST = 2**20
"""Bytes of a line. What is longer is no row, and must not fill the memory."""

SHOWN = 60


class TextRows:
    """Cuts text into rows as it comes; what is no row is left out and remarked.

    The first line that is not blank decides: JSON lines if it begins with a brace, else the header
    of a CSV, by which the delimiter is told. A row ends with its line, so that a quoted cell may
    hold a delimiter but no line end.

    Args:
        columns: Those that a header must name.
        remarks: Takes what is left out.

    Attributes:
        as_json: Whether the rows are JSON lines; None before the first line.
    """

    def __init__(self, columns: Columns, remarks: Remarks) -> None:
        self.as_json: bool | None = None
        self._columns = columns
        self._remarks = remarks
        self._header: list[str] = []
        self._delimiter = ""
        self._rest = b""
        self._begun = False
        self._too_long = False

    def feed(self, piece: bytes) -> list[Row]:
        """The rows that are complete with this piece of the text.

        Raises:
            DataError: If the header lacks a column, or names one twice.
        """
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if self._too_long and lines:
            lines, self._too_long = lines[1:], False
        if len(self._rest) > LONGEST:
            self._remarks.say(said.NO_LINE, f"longer than {LONGEST:,} bytes")
            self._rest, self._too_long = b"", True
        elif self._too_long:
            self._rest = b""
        return [row for line in lines for row in self._rows(line)]

    def end(self) -> list[Row]:
        """The row of a last line that no line end closed.

        Raises:
            DataError: As for :meth:`feed`; or if there was no line at all.
        """
        last, self._rest = self._rest, b""
        rows = [*self._rows(last)]
        if rows:
            self._remarks.say(said.NO_END, _shown(last.decode("utf-8", "replace")))
        if self.as_json is None:
            raise DataError(
                "Standard input is empty.",
                "a header line and rows, or a JSON object a line",
                "check the command before the pipe",
            )
        return rows

    def _rows(self, line: bytes) -> Iterator[Row]:
        """The row of a line, or none."""
        try:
            text = line.decode("utf-8").strip("\r")
        except UnicodeDecodeError:
            self._remarks.say(said.NO_LINE, f"not UTF-8: {_shown(line.decode('utf-8', 'replace'))}")
            return
        if not self._begun:
            text, self._begun = text.removeprefix("\ufeff"), True
        if not text.strip():
            return
        if self.as_json is None and not self._delimiter and (declared := DECLARED.fullmatch(text)):
            self._delimiter = declared[1]
            return
        row = self._first(text) if self.as_json is None else self._row(text)
        if row is not None:
            yield row

    def _first(self, line: str) -> Row | None:
        self.as_json = line.lstrip().startswith("{")
        if self.as_json:
            return self._row(line)
        self._delimiter = self._delimiter or max(DELIMITERS, key=line.count)
        self._header = self._cells(line) or []
        twice = [name for name in self._header if name and self._header.count(name) > 1]
        if twice:
            raise DataError(
                f"Standard input has more than one column named {twice[0]!r}.",
                "a different name for every column",
                "rename one of them in the first line",
            )
        check_columns({name: pl.Series(name, []) for name in self._header}, self._columns)
        return None

    def _row(self, line: str) -> Row | None:
        return self._object(line) if self.as_json else self._cells_by_name(line)

    def _object(self, line: str) -> Row | None:
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            return row
        self._remarks.say(said.NO_LINE, _shown(line))
        return None

    def _cells_by_name(self, line: str) -> Row | None:
        cells = self._cells(line)
        if cells is None or len(cells) != len(self._header) or cells == self._header:
            self._remarks.say(said.NO_LINE, _shown(line))
            return None
        return dict(zip(self._header, cells, strict=True))

    def _cells(self, line: str) -> list[str] | None:
        if '"' not in line:
            return [cell.strip() for cell in line.split(self._delimiter)]
        try:
            rows = [*csv.reader([line], delimiter=self._delimiter, strict=True)]
        except csv.Error:
            return None
        return [cell.strip() for cell in rows[0]]


def _shown(line: str) -> str:
    return line if len(line) <= SHOWN else line[: SHOWN - 3] + "..."
