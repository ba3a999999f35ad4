"""The history of a training as a table, while it goes on."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra import atomic
from recurra.errors import OptionError, OutputError
from recurra.training.callback import Callback

if TYPE_CHECKING:
    from recurra.training.loop import Trainer

KEPT_AS_IT_IS = "surrogateescape"
"""Of bytes that are no UTF-8, in a file that is gone on with."""


class CSVLogger(Callback):
    """Writes one row an epoch: ``epoch`` (counted from 0), then the logs in alphabetical order.

    The columns are those of the first epoch; a value that is missing later is written as NA.
    Every row is on its way to the disk when its epoch ends.

    Args:
        filename: The file, in a folder that exists.
        separator: One character between the values.
        append: Go on with a file of the same columns, whose header is not repeated, instead of
            starting afresh.

    Raises:
        OptionError: The separator is not one character.
        OutputError: In training: the file cannot be written, or has other columns.
    """

    first_only = True

    def __init__(self, filename: str | Path, separator: str = ",", append: bool = False) -> None:
        if len(separator) != 1:
            raise OptionError(f"separator is {separator!r}.", "one character", 'separator=";"')
        self.filename = filename
        self.separator = separator
        self.append = append

    def on_train_begin(self, trainer: Trainer) -> None:
        """Makes the file, or empties it unless it is to be gone on with."""
        self._columns: list[str] = []
        self._write("a" if self.append else "w", [])

    def on_epoch_end(self, trainer: Trainer, epoch: int, logs: dict[str, float]) -> None:
        """Writes the row of the epoch."""
        rows: list[list[object]] = []
        if not self._columns:
            self._columns = sorted(logs)
            rows = self._header(["epoch", *self._columns])
        rows.append([epoch, *(logs.get(name, "NA") for name in self._columns)])
        self._write("a", rows)

    def state_dict(self) -> dict[str, Any]:
        """The columns, and what stands in the file."""
        path = Path(self.filename)
        text = path.read_bytes().decode(errors=KEPT_AS_IT_IS) if path.exists() else ""
        return {"columns": self._columns, "text": text}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Writes the file as it was: rows of epochs that come again are not in it twice."""
        self._columns = state["columns"]
        atomic.write(Path(self.filename), state["text"].encode(errors=KEPT_AS_IT_IS))

    def _header(self, wanted: list[str]) -> list[list[object]]:
        path = Path(self.filename)
        if not path.exists() or path.stat().st_size == 0:
            return [list(wanted)]
        with path.open(newline="", encoding="utf-8", errors=KEPT_AS_IT_IS) as file:
            found = next(csv.reader(file, delimiter=self.separator))
        if found != wanted:
            raise OutputError(
                f"{path} has the columns {', '.join(found)}.",
                f"the columns {', '.join(wanted)}, to append to them",
                "another filename, or append=False to start it afresh",
            )
        return []

    def _write(self, how: str, rows: list[list[object]]) -> None:
        try:
            with Path(self.filename).open(how, newline="", encoding="utf-8") as file:
                csv.writer(file, delimiter=self.separator).writerows(rows)
        except OSError as error:
            raise OutputError(
                f"The log cannot be written to {self.filename}: {error.strerror}.",
                "a file name in a folder that exists and can be written to",
                "another filename, or make the folder",
            ) from error
