"""Minimal LSTM."""

from dataclasses import dataclass

from recurra.language import Cell, Expression, Parameters, WorkedExample, gate, sigmoid


@dataclass(frozen=True)
class MinLSTM(Cell):
    """minLSTM: a long short-term memory whose gates and candidate do not look at the past.

    Feng, Tung, Ahmed, Bengio & Hajimirsadeghi 2024, "Were RNNs all we needed?" (arXiv:2410.01201),
    section 3.2, with its length independence scaling: forget and input gate are divided by their
    sum, so that the state keeps its scale over time. No output gate, no tanh, one state.
    """

    states = ("h",)
    year = 2024
    # Section 3.2 in plain arithmetic.
    check = WorkedExample(
        hidden_size=2,
        parameters={
            "W_f": [[0.8, -1.1], [0.4, 0.6]],
            "b_f": [0.3, -0.7],
            "W_i": [[-0.3, 0.9], [0.7, -0.2]],
            "b_i": [0.1, 0.5],
            "W_n": [[1.5, 0.2], [-0.9, 0.5]],
            "b_n": [-0.2, 0.4],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"h": [0.5, -0.2]},
        output=[
            [0.703144614284, -0.57907149946],
            [0.658331165568, 0.224396104879],
            [-1.67523509971, 1.18523320639],
        ],
    )

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Weigh the old against the candidate by the two gates."""
        f = gate("forget", sigmoid(p.W_f @ x + p.b_f))
        i = gate("input", sigmoid(p.W_i @ x + p.b_i))
        n = gate("candidate", p.W_n @ x + p.b_n)
        return f / (f + i) * h + i / (f + i) * n
