"""A row that starts afresh is another sequence."""

from __future__ import annotations

from itertools import pairwise

import torch

from recurra.conformance.batch import Batch, Outcome, call
from recurra.conformance.carried import Carried
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import STEPS, drawn_batch, drawn_layer
from recurra.language import Cell
from recurra.layers import Recurrent

_CUTS: tuple[tuple[int, ...], ...] = ((2,), (), (1, 3), (4,))
"""Where each row starts afresh."""


def reset_is_two_sequences(cell: Cell) -> str:
    """Rows that start afresh equal the sequences between, forwards and in both directions."""
    compare = Comparison()
    for bidirectional in (False, True):
        layer = drawn_layer(cell, bidirectional=bidirectional)
        batch = drawn_batch(layer)
        whole = call(layer, batch, reset=_marks())
        for number, cuts in enumerate(_CUTS):
            found = _apart(layer, batch.row(number), (0, *cuts, STEPS))
            own = slice(number, number + 1)
            wanted = [{name: part[own] for name, part in one.items()} for one in whole.state]
            compare.outcomes(found, Outcome(whole.output[:, own], wanted))
    return compare.words()


def _marks() -> torch.Tensor:
    marks = torch.zeros(STEPS, len(_CUTS), dtype=torch.bool)
    for number, cuts in enumerate(_CUTS):
        marks[list(cuts), number] = True
    return marks


def _apart(layer: Recurrent, row: Batch, ends: tuple[int, ...]) -> Outcome:
    """The sequences between the ends, each by itself, put together."""
    assert row.state is not None
    pairs = list(pairwise(ends))
    parts = []
    for place, (first, last) in enumerate(pairs):
        # Who comes from the end meets the last sequence first.
        starts = {"forwards": place == 0, "backwards": place + 1 == len(pairs)}
        state = _where(layer, starts, row.state)
        parts.append(call(layer, row.between(first, last, state)))
    output = torch.cat([part.output for part in parts])
    return Outcome(output, _ends(layer, parts))


def _where(layer: Recurrent, starts: dict[str, bool], state: Carried) -> Carried:
    """The state in the directions that start from it, zero in the others."""
    ways = layer.directions
    return [
        own if starts[ways[place % len(ways)]] else {n: part * 0 for n, part in own.items()}
        for place, own in enumerate(state)
    ]


def _ends(layer: Recurrent, parts: list[Outcome]) -> Carried:
    """What each direction ends in: the last sequence that it reads."""
    ways = layer.directions
    last = {"forwards": parts[-1].state, "backwards": parts[0].state}
    return [last[ways[place % len(ways)]][place] for place in range(len(parts[0].state))]
