"""Sentences that are made up: people, places and firms whose names are made of syllables."""

from __future__ import annotations

import random
from collections.abc import Callable

_SYLLABLES = ("ba", "den", "el", "ga", "hol", "ka", "lin", "mar", "no", "ro", "sten", "ti", "vi")
_FIRMS = ("Works", "Bank", "Lines", "Press", "& Sons")
_SAID = (
    "{who} of {firm} moved from {where} to {other} in 19{year} .",
    "In {where} , {who} met {friend} .",
    "{firm} opened an office in {where} .",
    "{who} said that {firm} would leave {where} .",
    "The train to {where} was late , wrote {who} .",
    "{firm} and {rival} were founded in {where} .",
    "Nobody knew where the river began .",
    "It rained in {where} for {year} days .",
    # What a single name is the name of can only be guessed here.
    "Everyone spoke of {anything} .",
    "Nobody had heard of {anything} or {anything} .",
)


def columns(count: int, *, seed: int) -> str:
    """So many sentences as columns, a token and its tag (IOB2) a line.

    Most names of a second file of another seed are in none of the first: what they are is told by
    the words around them, and by how they are written.

    Args:
        count: How many, at least 1.
        seed: Of the sentences.
    """
    chance = random.Random(seed)
    return "\n".join(_sentence(chance) for _ in range(count))


def _sentence(chance: random.Random) -> str:
    lines = []
    for word in chance.choice(_SAID).split():
        name = word.strip("{}")
        if name == "anything":
            name = chance.choice(("who", "where", "firm"))
        if name in _MAKERS:
            kind, make = _MAKERS[name]
            tokens = make(chance).split()
            lines += [f"{one} {'I' if n else 'B'}-{kind}" for n, one in enumerate(tokens)]
        else:
            lines.append(f"{word.replace('{year}', f'{chance.randrange(10, 100)}')} O")
    return "\n".join(lines) + "\n"


def _person(chance: random.Random) -> str:
    return " ".join(_name(chance) for _ in range(chance.choice((1, 2))))


def _place(chance: random.Random) -> str:
    return f"{chance.choice(('', '', 'New ', 'Port '))}{_name(chance)}"


def _firm(chance: random.Random) -> str:
    return f"{_name(chance)} {chance.choice(_FIRMS)}"


def _name(chance: random.Random) -> str:
    return "".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3)))).capitalize()


_MAKERS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "who": ("PER", _person),
    "friend": ("PER", _person),
    "where": ("LOC", _place),
    "other": ("LOC", _place),
    "firm": ("ORG", _firm),
    "rival": ("ORG", _firm),
}
