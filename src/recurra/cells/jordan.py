"""The recurrent network whose output is fed back."""

from dataclasses import dataclass
from typing import Literal

from recurra.errors import CellError
from recurra.language import Cell, Expression, Parameters, WorkedExample, gate, sigmoid, tanh

_FUNCTIONS = {"tanh": tanh, "sigmoid": sigmoid}


@dataclass(frozen=True)
class Jordan(Cell):
    """Network whose state is a fading trace of its own outputs.

    Jordan 1986, Serial order: a parallel distributed processing approach (ICS Report 8604,
    University of California, San Diego): the state units receive the outputs one to one and, with
    the fixed weight μ, themselves; hidden units see the input (the plan) and the state, and the
    output is computed from the hidden units. With μ = 0 the state is the last output, which is
    what is mostly meant by a Jordan network. Ours: there are as many outputs as hidden units, and
    both are squashed by the same function.

    Args:
        activation: What squashes hidden units and outputs: ``"tanh"`` or ``"sigmoid"``.
        memory: μ, how much of its state is left a step later, from 0 to less than 1.
    """

    activation: Literal["tanh", "sigmoid"] = "tanh"
    memory: float = 0.0

    states = ("s",)
    output = "y"
    year = 1986
    # By hand from state(n + 1) = μ state(n) + output(n), with two units and μ = 0.5.
    check = WorkedExample(
        options={"memory": 0.5},
        hidden_size=2,
        parameters={
            "W_h": [[0.8], [-0.5]],
            "U_h": [[0.4, -0.7], [0.2, 0.9]],
            "b_h": [0.1, -0.3],
            "W_y": [[1.1, -0.6], [0.5, 0.7]],
            "b_y": [0.2, -0.1],
        },
        x=[[1.0], [-2.0], [0.5]],
        state={"s": [0.25, -0.4]},
        output=[
            [0.9252845160379, -0.2303899309905],
            [-0.6668074971328, -0.0898619017081],
            [0.8481296161513, -0.2882546658304],
        ],
    )

    def __post_init__(self) -> None:
        if self.activation not in _FUNCTIONS:
            raise CellError(
                f"the activation {self.activation!r} for a Jordan cell",
                f"one of {', '.join(_FUNCTIONS)}",
                'write Jordan(activation="tanh")',
            )
        if not isinstance(self.memory, int | float) or not 0 <= self.memory < 1:
            raise CellError(
                f"memory={self.memory!r} for a Jordan cell",
                "a number from 0 to less than 1, or the state would grow without end",
                "write Jordan(memory=0.5), or leave it out for the last output alone",
            )

    def step(self, p: Parameters, x: Expression, s: Expression) -> tuple[Expression, Expression]:
        """Compute the output from the input and the trace, and add it to the trace."""
        squash = _FUNCTIONS[self.activation]
        h = gate("hidden", squash(p.W_h @ x + p.U_h @ s + p.b_h))
        y = squash(p.W_y @ h + p.b_y)
        return y, self.memory * s + y
