"""What a job is asked to explain on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recurra.errors import OptionError


@dataclass(frozen=True)
class Asked:
    """What ``recurra explain`` asks of a job's ``explain``.

    Attributes:
        model: The model's file.
        data: A file, or None.
        text: A text in its place, or None.
        row: Which of the sequences of the file; None for the first.
        at: Of models that answer at every step, which step, from 1; None to choose.
        network: Which of the networks that answer together, from 1.
    """

    model: Path
    data: Path | None
    text: str | None
    row: str | None
    at: int | None
    network: int

    @property
    def file(self) -> Path:
        """The file of a job that reads no text.

        Raises:
            OptionError: If there is none, or a text.
        """
        if self.text is not None:
            raise OptionError(f"--text with {self.model}", "DATA, a file", "name the file")
        if self.data is None:
            raise OptionError("no DATA", "a file", f"recurra explain {self.model} DATA")
        return self.data

    def sequences(self, read: Callable[[Path], Sequence[str]]) -> list[str]:
        """The sequences of the file, or the text alone.

        Args:
            read: Reads a file.

        Raises:
            OptionError: If there are both or none.
        """
        if (self.text is None) == (self.data is None):
            raise OptionError(
                "neither a text nor DATA" if self.text is None else f"both a text and {self.data}",
                "one of the two",
                f'recurra explain {self.model} --text "..."',
            )
        return [self.text] if self.data is None else [*read(self.data)]  # type: ignore[list-item]

    def one_of(self, count: int, thing: str, names: Sequence[str] = ()) -> int:
        """The place of the sequence that is meant, from 0.

        Args:
            count: How many there are.
            thing: What they are called, as ``"text"``.
            names: What each goes by, where they have names.

        Raises:
            OptionError: If there is none such.
        """
        if self.row is None:
            return 0
        if self.row in names:
            return names.index(self.row)
        if not self.row.isdecimal() or not 1 <= int(self.row) <= count:
            expected = f"the number of a {thing}, from 1 to {count:,}"
            few = ", ".join(names[:8])
            raise OptionError(f"--row {self.row}", f"{expected}, or {few}" if few else expected)
        return int(self.row) - 1

    def number(self, thing: str) -> int:
        """The number of the sequence that is meant, from 1, where it is not yet known how many.

        Args:
            thing: What they are called, as ``"sentence"``.

        Raises:
            OptionError: If it is none.
        """
        if self.row is not None and not self.row.isdecimal():
            raise OptionError(f"--row {self.row}", f"the number of a {thing}, from 1")
        return 1 if self.row is None else int(self.row)

    def no_step(self) -> None:
        """Refuses a step of a model that gives one answer.

        Raises:
            OptionError: If one was asked for.
        """
        if self.at is not None:
            raise OptionError(
                f"--at {self.at}", "a model that answers at every step", "leave it out"
            )
