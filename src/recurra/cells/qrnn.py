"""Quasi-recurrent network."""

from dataclasses import dataclass

from recurra.language import (
    Cell,
    Expression,
    Parameters,
    WorkedExample,
    gate,
    previous,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class QRNN(Cell):
    """Quasi-recurrent network: gates from a convolution over inputs, and a pooling over time.

    Bradbury, Merity, Xiong & Socher 2016 (arXiv:1611.01576): a convolution of width 2, the inputs
    before and now (eq. 2, whose first matrix is ``V`` here and second ``W``), and fo-pooling
    (eq. 4). The biases, of which the equations say nothing, are ours.
    """

    states = ("c",)
    output = "h"
    year = 2016
    # Eq. 2 and 4 in plain arithmetic, the input before the first being zero.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "V_z": [[0.4, -0.7], [1.2, 0.1]],
            "W_z": [[0.9, 0.3], [-0.5, 0.6]],
            "b_z": [0.1, -0.3],
            "V_f": [[-0.2, 0.5], [0.7, -1.1]],
            "W_f": [[0.6, -0.4], [0.2, 0.8]],
            "b_f": [0.5, 0.2],
            "V_o": [[1.0, 0.2], [-0.6, 0.3]],
            "W_o": [[-0.8, 0.4], [0.1, -0.9]],
            "b_o": [-0.4, 0.7],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"c": [0.5, -0.2]},
        output=[
            [0.107002769385, -0.38884387536],
            [0.590047388346, -0.0610807377219],
            [0.0276274500218, 0.359411664274],
        ],
    )

    def step(self, p: Parameters, x: Expression, c: Expression) -> tuple[Expression, Expression]:
        """Pool what the two latest inputs propose."""
        before = previous(x)
        z = gate("candidate", tanh(p.V_z @ before + p.W_z @ x + p.b_z))
        f = gate("forget", sigmoid(p.V_f @ before + p.W_f @ x + p.b_f))
        o = gate("output", sigmoid(p.V_o @ before + p.W_o @ x + p.b_o))
        c = f * c + (1 - f) * z
        return o * c, c
