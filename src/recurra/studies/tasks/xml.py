"""Tags that open and close: the name of the one to close must be remembered."""

from __future__ import annotations

import random
import string

from recurra.studies.foretelling import foretelling
from recurra.studies.material import Material, Task

DEPTH = 4
LONGEST_NAME = 10
STEPS = 100
"""Symbols of a document; what is longer is cut."""

LEARNED, HELD_OUT = 1000, 200
SEED = 2015


def make() -> Material:
    """Jozefowicz, Zaremba & Sutskever 2015, "XML modelling": made-up documents.

    A tag has a name of 2 to 10 letters, drawn evenly. At each place a tag is opened or the last
    one closed, with equal chances, where both can be.
    """
    chance = random.Random(SEED)
    texts = [_document(chance) for _ in range(LEARNED + 2 * HELD_OUT)]
    parts = (texts[:LEARNED], texts[LEARNED:-HELD_OUT], texts[-HELD_OUT:])
    note = f"{LEARNED:,} documents of {STEPS} letters to learn from, tags up to {DEPTH} deep."
    return foretelling("xml", "XML", parts, batch_size=8, note=note)


def _document(chance: random.Random) -> str:
    text, opened = "", list[str]()
    while len(text) < STEPS:
        if len(opened) < DEPTH and (not opened or chance.random() < 0.5):
            length = chance.randint(2, LONGEST_NAME)
            opened.append("".join(chance.choices(string.ascii_lowercase, k=length)))
            text += f"<{opened[-1]}>"
        else:
            text += f"</{opened.pop()}>"
    return text[:STEPS]


TASKS = {"xml": Task("XML: made-up tags, each letter foretold", "nats", make)}
