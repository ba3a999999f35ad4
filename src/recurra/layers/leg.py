"""One layer in one direction on its way over a batch: what a stack's call is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from recurra.kernels import choose
from recurra.layers.passage import Layer, Passed, Prepared, State, Way, prepared
from recurra.layers.sequences import Sequences


@dataclass(frozen=True)
class Leg:
    """A layer in one direction, about to run.

    Attributes:
        number: Which layer of the stack.
        direction: ``"forwards"`` or ``"backwards"``.
        layer: Its equations and their numbers.
        sequences: What it sees, in the order of time.
        state: What it starts from.
        way: How it is run.
    """

    number: int
    direction: str
    layer: Layer
    sequences: Sequences
    state: State
    way: Way

    def prepared(self) -> Prepared:
        """The same in the order in which the layer reads, ready for a kernel."""
        return prepared(self.layer, self.sequences, self.state, self.way)

    def run(self) -> Passed:
        """Runs it with the kernel that is chosen for it."""
        ready = self.prepared()
        return ready.passed(choose.run(ready.task))


RunLeg: TypeAlias = Callable[[Leg], Passed]
"""Runs a leg, or does something else that gives the same."""
