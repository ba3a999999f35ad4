"""Long short-term memory as it was first published."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, WorkedExample, gate, sigmoid, tanh


@dataclass(frozen=True)
class LSTMOriginal(Cell):
    """Long short-term memory of 1997: input and output gates, and nothing is ever forgotten.

    Hochreiter & Schmidhuber 1997 (Neural Computation 9(8), section 4 and appendix A.1), with the
    paper's squashing functions: g(a) = 4σ(a) - 2 = 2 tanh(a/2) in [-2, 2] for what is stored, and
    h(c) = 2σ(c) - 1 = tanh(c/2) in [-1, 1] for what is read. Each memory cell is a block of its
    own. Of the connections that the paper leaves open, those from the memory cells' outputs are
    here, those from the gates' outputs are not. Torchrecurrent's OriginalLSTM has tanh for both
    functions; it gives the same outputs with the candidate's weights and bias halved.
    """

    states = ("h", "c")
    year = 1997
    # By hand, with two units, from the paper's f, g and h written with exp.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "W_i": [[0.9], [-0.4]],
            "U_i": [[0.3, -0.8], [0.5, 0.2]],
            "b_i": [0.1, -0.2],
            "W_g": [[1.2], [0.7]],
            "U_g": [[-0.6, 0.4], [0.8, -0.3]],
            "b_g": [-0.5, 0.3],
            "W_o": [[-0.7], [1.1]],
            "U_o": [[0.2, 0.6], [-0.9, 0.5]],
            "b_o": [0.4, -0.1],
        },
        x=[[1.0], [-2.0], [0.5]],
        state={"h": [0.2, -0.3], "c": [0.5, -0.7]},
        output=[
            [0.1580013618641, -0.0974376390845],
            [0.2268084340776, -0.0315397232991],
            [0.1299948943484, -0.1461894754407],
        ],
    )

    def step(
        self, p: Parameters, x: Expression, h: Expression, c: Expression
    ) -> tuple[Expression, Expression]:
        """Add what the input gate lets in, and read what the output gate lets out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.b_i))
        g = gate("candidate", 2 * tanh((p.W_g @ x + p.U_g @ h + p.b_g) / 2))
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.b_o))
        c = c + i * g
        return o * tanh(c / 2), c
