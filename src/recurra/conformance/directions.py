"""The two directions of a layer."""

from __future__ import annotations

import torch

from recurra.conformance.batch import Outcome, call
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.language import Cell
from recurra.layers import Recurrent

_LENGTHS = torch.tensor([3, 5, 1, 2])


def reversed_is_flipped(cell: Cell) -> str:
    """A layer from end to start gives what it gives from start to end of the flipped sequence."""
    forwards = drawn_layer(cell)
    backwards = drawn_layer(cell, reverse=True)
    for own, other in zip(backwards.layers, forwards.layers, strict=True):
        own.get_submodule("backwards").load_state_dict(other.get_submodule("forwards").state_dict())
    # Each direction has chances of its own, so they are compared by expectation.
    batch = drawn_batch(forwards.eval())
    found, flipped = call(backwards.eval(), batch), call(forwards, batch.flipped())
    compare = Comparison()
    compare.outcomes(found, Outcome(flipped.output.flip(0), flipped.state))
    return compare.words()


def bidirectional_is_two(cell: Cell) -> str:
    """Two stacks read in both directions by one layer are the two stacks."""
    both = drawn_layer(cell, bidirectional=True, merge="separate")
    batch = drawn_batch(both)
    assert batch.state is not None
    compare = Comparison()
    whole = call(both, batch, lengths=_LENGTHS)
    for place, single in enumerate(_taken_apart(both)):
        own = batch.between(0, batch.steps, batch.state[place::2])
        alone = call(single, own, lengths=_LENGTHS)
        width = alone.output.shape[-1]
        part = whole.output[..., place * width : (place + 1) * width]
        compare.outcomes(alone, Outcome(part, whole.state[place::2]))
    return compare.words()


def _taken_apart(both: Recurrent) -> list[Recurrent]:
    """A layer for each direction of one that has both, with its parameters."""
    cell = both.cell
    stacks = [drawn_layer(cell, reverse=way) for way in (False, True)]
    for stack, direction in zip(stacks, both.directions, strict=True):
        for own, other in zip(stack.layers, both.layers, strict=True):
            own.get_submodule(direction).load_state_dict(
                other.get_submodule(direction).state_dict()
            )
    return stacks
