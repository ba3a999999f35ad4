"""Long expressive memory."""

from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    WorkedExample,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class LEM(Cell):
    """Long expressive memory: two states, each with a step through time that it learns.

    Rusch, Mishra, Erichson & Mahoney 2022 (arXiv:2110.04744): a discretised pair of differential
    equations. Δt_n is ``step_size`` times the input gate here and its barred sister ``step_size``
    times the output gate; the paper's W multiply states and its V inputs, here U and W. The output
    y sees the new z; torchrecurrent's LEM takes the old one there, unlike the paper and its
    authors' code.

    Args:
        step_size: Δt, the longest step, above 0 and at most 1; the paper tunes it to the task.
    """

    step_size: float = 1.0

    states = ("y", "z")
    year = 2022
    # The paper's four equations in plain arithmetic.
    check = WorkedExample(
        options={"step_size": 0.7},
        hidden_size=2,
        parameters={
            "W_i": [[0.8, -0.5], [0.3, 1.1]],
            "U_i": [[-0.6, 0.9], [1.2, 0.4]],
            "b_i": [0.2, -0.4],
            "W_o": [[0.1, 0.7], [-1.3, 0.6]],
            "U_o": [[0.5, 0.8], [-0.2, -0.9]],
            "b_o": [-0.1, 0.5],
            "W_z": [[1.4, -0.3], [0.6, 0.9]],
            "U_z": [[0.4, 1.0], [-0.8, 0.7]],
            "b_z": [0.3, 0.1],
            "W_y": [[-0.7, 0.2], [0.5, -1.2]],
            "U_y": [[0.9, -1.1], [0.6, 0.3]],
            "b_y": [-0.2, 0.4],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"y": [0.5, -0.2], "z": [0.4, 1.1]},
        output=[
            [0.102063168992, 0.0170617645985],
            [-0.191335264865, -0.459449901877],
            [0.0607507445357, -0.624617911127],
        ],
    )

    def __post_init__(self) -> None:
        if not 0 < self.step_size <= 1:
            raise CellError(
                f"step_size={self.step_size} for a LEM cell",
                "a number above 0 and at most 1",
                "write LEM(step_size=1.0)",
            )

    def step(
        self, p: Parameters, x: Expression, y: Expression, z: Expression
    ) -> tuple[Expression, Expression]:
        """Move z towards what input and y propose, and y towards what input and z do."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ y + p.b_i))
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ y + p.b_o))
        n = gate("candidate", tanh(p.W_z @ x + p.U_z @ y + p.b_z))
        z = (1 - self.step_size * i) * z + self.step_size * i * n
        shown = tanh(p.W_y @ x + p.U_y @ z + p.b_y)
        return (1 - self.step_size * o) * y + self.step_size * o * shown, z
