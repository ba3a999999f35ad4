"""Texts that are in the names of recordings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from recurra.errors import OptionError

_FIELDS = re.compile(r"\{(text)?\}")


@dataclass(frozen=True)
class Pattern:
    """How names are made, and where the text is in them.

    Attributes:
        written: As the user wrote it.
        matches: The same as a regular expression.
    """

    written: str
    matches: re.Pattern[str]

    @classmethod
    def of(cls, written: str) -> Self:
        """From what the user wrote.

        Args:
            written: A name without its ending, such as ``"{text}_{}_{}"``: ``{text}`` is where the
                text is, ``{}`` stands for anything else. With ``/`` it goes for folders too, as in
                ``"{text}/{}"``; without, the last part of a name is looked at alone.

        Raises:
            OptionError: If there is not one ``{text}``.
        """
        if written.count("{text}") != 1:
            raise OptionError(
                f"--text-from-name {written!r}",
                "one {text} where the text is in a name, {} for anything else",
                "--text-from-name '{text}_{}' for yes_3.wav",
            )
        places, parts = 0, []
        for found in _FIELDS.finditer(written):
            parts.append(re.escape(written[places : found.start()]))
            parts.append("(?P<text>[^/]+?)" if found[1] else "[^/]+?")
            places = found.end()
        return cls(written, re.compile("".join([*parts, re.escape(written[places:])])))

    def text(self, path: Path) -> str | None:
        """The text in a name, spaces for its underlines; None if the name is made otherwise.

        Args:
            path: Of the recording, from the folder that was given.
        """
        name = path.with_suffix("").as_posix()
        if "/" not in self.written:
            name = name.rpartition("/")[2]
        found = self.matches.fullmatch(name)
        return None if found is None else found["text"].replace("_", " ")
