"""Letters of a text, each foretold from those before it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from recurra import text_files
from recurra.errors import DataError
from recurra.studies.foretelling import foretelling
from recurra.studies.material import Material, Task
from recurra.studies.stretches import stretches

STEPS = 60
"""Letters of a stretch; each begins without memory of the one before."""

LEARNED, HELD_OUT = 180_000, 20_000
"""Letters to learn from, and of each of the parts that follow them."""


def read(path: Path) -> Material:
    """A text's beginning to learn from, what follows to choose by, and what follows that to judge.

    Raises:
        DataError: If the text is too short.
    """
    text_files.check_there(path, "a text")
    text = text_files.decoded(text_files.content(path), path, "a text")
    if len(text) < LEARNED + 2 * HELD_OUT:
        raise DataError(f"{path} of {len(text):,} letters", f"at least {LEARNED + 2 * HELD_OUT:,}")
    ends = (0, LEARNED, LEARNED + HELD_OUT, LEARNED + 2 * HELD_OUT)
    parts = [_stretches(text[begin:end]) for begin, end in pairwise(ends)]
    note = (
        f"The first {LEARNED:,} letters to learn from, in stretches of {STEPS}; the 20,000 after "
        "the next 20,000 to judge by. In the place of the Penn Treebank, which is licensed."
    )
    return foretelling("characters", "Characters", parts, note=note)


def _stretches(text: str) -> list[str]:
    """Those that are whole."""
    return [one for one in stretches(text, STEPS) if len(one) == STEPS + 1]


TASKS = {
    "characters": Task(
        "Characters: tinyshakespeare, each letter foretold",
        "nats",
        read,
        ("tinyshakespeare/input.txt.gz", "tinyshakespeare.txt", "tinyshakespeare.txt.gz"),
        "the repository char-rnn, data/tinyshakespeare/input.txt",
    )
}
