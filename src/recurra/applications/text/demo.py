"""Verses that are made up, to learn from in seconds."""

from __future__ import annotations

import random

_WHO = ("the fox", "the heron", "an old miller", "my sister", "the river", "a sleepy owl")
_DID = ("sang to", "walked past", "dreamed of", "waited for", "ran from", "smiled at")
_WHOM = ("the moon", "a silver door", "the winter", "a paper boat", "the quiet hill")
_WHEN = ("at dawn", "in May", "when the bells rang", "all night long", "before the rain")


def verses(count: int, *, seed: int) -> str:
    """So many verses of four lines, with an empty line between them.

    Args:
        count: How many, at least 1.
        seed: Of the verses.
    """
    chance = random.Random(seed)
    return "\n\n".join(_verse(chance) for _ in range(count)) + "\n"


def _verse(chance: random.Random) -> str:
    who, whom = chance.choice(_WHO), chance.choice(_WHOM)
    lines = (
        f"{who} {chance.choice(_DID)} {whom},",
        f"{chance.choice(_WHEN)}, {chance.choice(_WHEN)},",
        f"and {whom} {chance.choice(_DID)} {chance.choice(_WHOM)}",
        f"as {who} {chance.choice(_DID)} {chance.choice(_WHOM)}.",
    )
    return "\n".join(lines)
