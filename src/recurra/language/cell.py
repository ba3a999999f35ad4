"""What a recurrent cell is: its states and its step, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

from recurra.language.check import SameAsTorch
from recurra.language.initial import Initial


@dataclass(frozen=True)
class Cell:
    """A recurrent cell: one step of a recurrent network, as its equations.

    A subclass is a frozen dataclass that says:

    * ``states``: the names of what is carried from step to step; the first is also the output.
    * ``step(self, p, x, *states)``: the new states, computed from the input ``x`` of the step, the
      states before it and the parameters ``p``. ``p.NAME`` is a parameter: a matrix in
      ``p.W @ x``, one number a unit in ``p.v * c``. A parameter called ``b`` or ``b_...`` is a
      bias, left out where a layer has ``bias=False``. Sums, products, quotients and the functions
      of :mod:`recurra.language.primitives` are understood.
    * ``initial``: what parameters start from, by name or by family (the name before ``_``). Without
      a word, matrices applied to the input are Glorot-uniform, all others orthogonal, and
      everything else zero.
    * ``check``: something independent that the equations must agree with.
    """

    states: ClassVar[tuple[str, ...]]
    initial: ClassVar[Mapping[str, Initial]] = MappingProxyType({})
    check: ClassVar[SameAsTorch | None] = None
    step: ClassVar[Callable[..., Any]]

    @property
    def name(self) -> str:
        """The name it goes by: that of the file that holds it alone, else that of its class."""
        kind = type(self)
        file = kind.__module__.rpartition(".")[2]
        return file if file.replace("_", "") == kind.__name__.lower() else kind.__name__
