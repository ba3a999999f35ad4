"""Cells made of a step alone, and how one that cannot be read is refused."""

import re
from pathlib import Path

import pytest

from recurra.errors import CellError
from recurra.language import Cell, trace


def written(step, states=("h",), **declared):
    """A cell with that step."""
    return type("Written", (Cell,), {"states": states, "step": step, **declared})()


def refusal(step, states=("h",), *, options=None, **declared):
    """The error for a step, once the line that it names is seen to be the one that it quotes."""
    with pytest.raises(CellError) as caught:
        trace(written(step, states, **declared), **(options or {}))
    place = re.match(r"cell written, line (\d+)(?:: (.*))?\n", caught.value.given)
    file = Path(step.__code__.co_filename)
    line = file.read_text(encoding="utf-8").splitlines()[int(place[1]) - 1]
    assert place[2] is None or line.strip() == place[2]
    assert caught.value.expected
    return caught.value
