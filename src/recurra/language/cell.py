"""What a recurrent cell is: its states and its step, nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

from recurra.errors import CellError
from recurra.language.check import Check
from recurra.language.initial import Initial
from recurra.language.widths import Width

INPUTS = ("t", "dt", "missing", "below")
"""What a step can ask for by name, beside its input and states."""


@dataclass(frozen=True)
class Cell:
    """A recurrent cell: one step of a recurrent network, as its equations.

    A subclass is a frozen dataclass that says:

    * ``states``: the names of what is carried from step to step; the first is also the output,
      unless ``output`` names another.
    * ``step(self, p, x, *states)``: the new states, computed from the input ``x`` of the step, the
      states before it and the parameters ``p``; where the cell has an ``output`` of its own, that
      before the states. ``p.NAME`` is a parameter: a matrix in ``p.W @ x``, one number a unit in
      ``p.v * c``. A parameter called ``b`` or ``b_...`` is a bias, left out where a layer has
      ``bias=False``. Everything in :mod:`recurra.language` is understood. A step that names them
      as keyword-only arguments is also given ``t``, the number of the row's own step from 0;
      ``dt``, the time since the step before; ``missing``, 1 for each number of the input that is
      missing (and then 0 in ``x``), else 0; ``below``, the states of the layer beneath after this
      step, as ``below.c``, None in the lowest layer.
    * ``widths``: how many numbers a state or a parameter's result holds where that is not the
      hidden size (:data:`recurra.language.widths.Width`); 1 makes a parameter a scalar.
    * ``initial``: what parameters start from, by name or by family (the name before ``_``). Without
      a word, matrices applied to the input are Glorot-uniform, all others orthogonal, and
      everything else zero.
    * ``check``: something independent that the equations must agree with.
    * ``year``: when it was published.
    """

    step: ClassVar[Callable[..., Any]]

    @property
    def states(self) -> tuple[str, ...]:
        """The names of what is carried from step to step."""
        raise CellError(
            f"the cell {type(self).__name__} without states",
            "the names of what it carries from step to step",
            'write states = ("h",) in its class',
        )

    @property
    def output(self) -> str:
        """What the output is called, where it is not the first state."""
        return ""

    @property
    def year(self) -> int | None:
        """When the cell was published."""
        return None

    @property
    def check(self) -> Check | None:
        """Something independent that the equations must agree with."""
        return None

    @property
    def widths(self) -> Mapping[str, Width]:
        """The widths of states and parameters that do not have the hidden size."""
        return MappingProxyType({})

    @property
    def initial(self) -> Mapping[str, Initial]:
        """What parameters start from, by name or family."""
        return MappingProxyType({})

    @property
    def inputs(self) -> tuple[str, ...]:
        """What its step asks for beside its input and states, of :data:`INPUTS`."""
        names = _keywords(type(self).step)
        for name in names:
            if name not in INPUTS:
                raise CellError(
                    f"the cell {self.name}, whose step asks for {name!r}",
                    f"{', '.join(INPUTS)} after the *, or nothing",
                    "make it an option of the cell, a state, or a parameter, p.NAME",
                )
        return names

    @property
    def name(self) -> str:
        """The name it goes by: that of the file that holds it alone, else that of its class."""
        kind = type(self)
        file = kind.__module__.rpartition(".")[2]
        return file if file.replace("_", "") == kind.__name__.lower() else kind.__name__


@cache
def _keywords(step: Callable[..., Any]) -> tuple[str, ...]:
    """The keyword-only arguments of a step."""
    asked = inspect.signature(step).parameters.values()
    return tuple(argument.name for argument in asked if argument.kind == argument.KEYWORD_ONLY)
