"""Sums and differences, read with letters between the digits that mean nothing."""

from __future__ import annotations

import random
import string

from recurra.studies.foretelling import foretelling
from recurra.studies.material import Material, Task

DIGITS = 4
"""Of each number, at most."""

LEARNED, HELD_OUT = 4000, 500
SEED = 2015


def make() -> Material:
    """Jozefowicz, Zaremba & Sutskever 2015, "Arithmetic": ``3e36d9-h1h39f94= -10555``, say.

    All behind ``=`` is to be foretold, digit by digit, and the end. Theirs have up to eight digits
    and examples without end.
    """
    chance = random.Random(SEED)
    texts = [_sum(chance) for _ in range(LEARNED + 2 * HELD_OUT)]
    parts = (texts[:LEARNED], texts[LEARNED:-HELD_OUT], texts[-HELD_OUT:])
    return foretelling(
        "arithmetic",
        "Arithmetic",
        parts,
        asked="=",
        note=f"Numbers of up to {DIGITS} digits, {LEARNED:,} sums to learn from.",
    )


def _sum(chance: random.Random) -> str:
    first, second = (chance.randrange(10 ** chance.randint(1, DIGITS)) for _ in range(2))
    sign = chance.choice("+-")
    result = first + second if sign == "+" else first - second
    return f"{_strewn(first, chance)}{sign}{_strewn(second, chance)}={result}."


def _strewn(number: int, chance: random.Random) -> str:
    """Its digits, a letter behind some of them."""
    letters = string.ascii_lowercase[:8]
    return "".join(
        digit + (chance.choice(letters) if chance.random() < 0.5 else "") for digit in str(number)
    )


TASKS = {
    "arithmetic": Task(
        "Arithmetic: sums and differences of two numbers, strewn with letters", "nats", make
    )
}
