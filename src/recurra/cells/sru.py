"""Simple recurrent unit."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    WorkedExample,
    gate,
    match,
    sigmoid,
)


@dataclass(frozen=True)
class SRU(Cell):
    """Simple recurrent unit: the past enters unit by unit, the raw input passes by.

    Lei, Zhang, Wang, Dai & Artzi 2018 (arXiv:1709.02755v5), eq. 1 to 4. No matrix multiplies the
    past, only the vectors ``v_f`` and ``v_r``; the reset gate weighs the state against the input
    itself, or against its projection ``W_h`` where the layer is not as wide as its input, as in the
    authors' code. The constant by which the paper scales that input is left at 1.
    """

    states = ("c",)
    output = "h"
    year = 2018
    # Eq. 1 to 4 in plain arithmetic, on an input as wide as the state.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "W_n": [[0.7, -0.4], [0.3, 1.1]],
            "W_f": [[-0.6, 0.9], [0.2, -0.5]],
            "v_f": [0.8, -1.3],
            "b_f": [0.4, -0.1],
            "W_r": [[0.5, 0.3], [-1.2, 0.6]],
            "v_r": [-0.9, 0.7],
            "b_r": [0.2, 0.6],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"c": [0.5, -0.2]},
        output=[
            [0.855562791322, -0.426252014695],
            [0.491642619077, 1.59980806038],
            [-0.828539632906, 0.529874024951],
        ],
    )

    def step(self, p: Parameters, x: Expression, c: Expression) -> tuple[Expression, Expression]:
        """Forget, add what is new, and let state or input out."""
        n = gate("candidate", p.W_n @ x)
        f = gate("forget", sigmoid(p.W_f @ x + p.v_f * c + p.b_f))
        r = gate("reset", sigmoid(p.W_r @ x + p.v_r * c + p.b_r))
        c = f * c + (1 - f) * n
        return r * c + (1 - r) * match(p.W_h, x), c
