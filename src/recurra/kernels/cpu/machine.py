"""The compiled passes of a cell."""

from __future__ import annotations

from functools import cached_property

from llvmlite import ir

from recurra.kernels.cpu.cache import kept
from recurra.kernels.cpu.emit import emit
from recurra.kernels.cpu.passes import Passes
from recurra.kernels.cpu.plan import Plan
from recurra.kernels.cpu.table import Table
from recurra.kernels.cpu.target import kind


class Compiled:
    """A pass as code.

    Args:
        name: What distinguishes it from all others.
        plan: The pass.
        number: The type of number.

    Attributes:
        table: Where its arguments lie.
        address: Where the code starts.
    """

    def __init__(self, name: str, plan: Plan, number: str) -> None:
        self.plan = plan
        self.table = Table(plan)
        self.code = kept(name, lambda: self._text(number))
        self.address = self.code.address("sweep")

    def _text(self, number: str) -> str:
        module = ir.Module("sweep")
        emit(module, "sweep", self.plan, kind(number))
        return str(module)


class Machine:
    """All passes of a cell as code, for one type of number; each is compiled when first run.

    Args:
        name: What distinguishes the cell's code from all other code.
        passes: The passes.
        number: The type of number.
    """

    def __init__(self, name: str, passes: Passes, number: str) -> None:
        self.name = name
        self.passes = passes
        self.number = number

    @cached_property
    def inference(self) -> Compiled:
        """Forwards, keeping states alone."""
        return self._compiled("inference", self.passes.inference)

    @cached_property
    def training(self) -> Compiled:
        """Forwards, keeping what the backward pass needs."""
        return self._compiled("training", self.passes.training)

    @cached_property
    def backward(self) -> Compiled:
        """Backwards."""
        return self._compiled("backward", self.passes.backward.plan)

    def _compiled(self, kind: str, plan: Plan) -> Compiled:
        return Compiled(f"{self.name} {kind}", plan, self.number)
