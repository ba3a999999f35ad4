"""A text of your own, or several: each letter foretold from those before it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from recurra.applications.text import read_documents
from recurra.applications.text.rules import held_out
from recurra.errors import DataError
from recurra.studies.foretelling import foretelling
from recurra.studies.material import Material
from recurra.studies.stretches import stretches
from recurra.studies.tasks.yours import judged_by, letters
from recurra.studies.tasks.yours.plain import with_plain

STEPS = 60
"""Letters of a stretch; each begins without memory of the one before."""

LEARNED, HELD_OUT = 80_000, 10_000
"""Letters of each part, at most."""

FEWEST = 2000
"""Letters, at least."""


def read(path: Path) -> Material:
    """The beginning to learn from, what follows to choose by, and what follows that to judge by.

    Eight tenths, a tenth and a tenth of the text, or of its first 100,000 letters. Texts of a
    folder stand one after the other, in the order of their paths.

    Raises:
        DataError: If it cannot be read, or is too short.
    """
    texts, notes = read_documents(path)
    whole = "\n".join(texts)
    if len(whole) < FEWEST:
        raise DataError(f"{path} of {len(whole):,} letters", f"at least {FEWEST:,}")
    held = min(HELD_OUT, len(whole) // 10)
    learned = min(LEARNED, len(whole) - 2 * held)
    ends = (0, learned, learned + held, learned + 2 * held)
    pieces = [whole[begin:end] for begin, end in pairwise(ends)]
    known = letters.common(pieces[:1])
    pieces = [letters.only(piece, known) for piece in pieces]
    parts = [stretches(piece, STEPS) for piece in pieces]
    said = [
        *notes,
        *letters.told(pieces),
        f"a text of {len(whole):,} letters in stretches of {STEPS}: the first {learned:,} to "
        f"learn from, {held:,} after them to choose by, {held:,} after those to judge by",
        *judged_by.told(len(parts[-1]), "stretches", path),
    ]
    made = with_plain(foretelling("text", "Your text", parts, note="; ".join(said)))
    total = sum(map(len, texts))
    return replace(made, amount=total - held_out(total))
