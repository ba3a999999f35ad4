"""The page on a fit, of any job: a verdict, tables, a picture, passages of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

from recurra import pages


@dataclass(frozen=True)
class Table:
    """Figures.

    Attributes:
        heading: Above it.
        columns: Their names, the first of what stands at the left of each row.
        rows: Cells as they are shown.
        note: A sentence below it.
    """

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    def is_words(self, column: int) -> bool:
        """Whether a column, by its number, holds words, which stand at the left; else figures."""
        return not all(row[column][:1] in {*"0123456789+-", ""} for row in self.rows)


@dataclass(frozen=True)
class Passage:
    """A text, parts of which may be marked.

    Attributes:
        head: A few words above it.
        parts: Pieces of the text, one after the other, each with a weight from -1 to 1: above 0 it
            is marked as speaking for something, below 0 against it; 0 leaves it plain.
    """

    head: str
    parts: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class Page:
    """What is on the page, from its top on.

    Attributes:
        job: The job's name.
        title: What was learned from, a file's name, say.
        verdict: How good it is, in a sentence.
        picture: A PNG.
        pictured: What is on it, in words.
        settings: How it was made, by name.
        command: The command that makes the same again.
        tables: Figures.
        passages: Texts.
        passages_heading: Above them.
        passages_note: A sentence below them.
        notes: What was chosen, repaired or left out.
    """

    job: str
    title: str
    verdict: str
    picture: bytes
    pictured: str
    settings: Mapping[str, str]
    command: str
    tables: Sequence[Table] = ()
    passages: Sequence[Passage] = ()
    passages_heading: str = ""
    passages_note: str = ""
    notes: Sequence[str] = field(default=())


def render(page: Page) -> str:
    """The page as HTML that needs no other file and no network."""
    return pages.template("recurra.applications", "job.html").render(
        page=page, picture=pages.embedded(page.picture), version=version("recurra")
    )
