"""Structurally constrained recurrent network."""

from collections.abc import Mapping
from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import Cell, Expression, Parameters, Width, WorkedExample, sigmoid


@dataclass(frozen=True)
class SCRN(Cell):
    """Structurally constrained recurrent network: beside fast units, a few that change slowly.

    Mikolov, Joulin, Chopra, Mathieu & Ranzato 2014, "Learning longer memory in recurrent neural
    networks" (arXiv:1412.7753), with A, B and R called ``W_h``, ``W_s`` and ``U_h`` here:
    s_t = (1 - α) B x_t + α s_{t-1}, h_t = σ(P s_t + A x_t + R h_{t-1}), y_t = f(U h_t + V s_t).
    The function f belongs to the task and is left to what reads y. The bias ``b_h`` is ours.
    torchrecurrent's SCRN carries y on in place of h, unlike the paper.

    Args:
        context: How many slow units, at least 1; in the paper some tens, fewer than fast ones.
        alpha: α, how much of a slow unit stays from step to step, from 0 up to but not 1; the
            paper's is 0.95.
    """

    context: int = 10
    alpha: float = 0.95

    states = ("h", "s")
    output = "y"
    year = 2014
    # The three equations above in plain arithmetic.
    check = WorkedExample(
        options={"context": 3, "alpha": 0.8},
        hidden_size=2,
        parameters={
            "W_s": [[0.6, -0.9], [1.2, 0.4], [-0.3, 0.7]],
            "P_h": [[0.5, -0.2, 0.9], [-1.1, 0.3, 0.6]],
            "W_h": [[0.7, 0.2], [-0.4, 1.3]],
            "U_h": [[0.3, -0.8], [1.0, 0.5]],
            "b_h": [0.2, -0.3],
            "U_y": [[1.1, -0.6], [0.4, 0.9]],
            "V_y": [[0.8, 0.1, -0.5], [-0.7, 1.4, 0.3]],
        },
        x=[[1.0, -0.5], [0.3, 2.0], [-1.4, 0.8]],
        state={"h": [0.5, -0.2], "s": [0.4, 1.1, -0.6]},
        output=[
            [1.4468320203, 1.37153061381],
            [0.414442692959, 2.5022639755],
            [-0.485376051686, 1.9420831081],
        ],
    )

    def __post_init__(self) -> None:
        if self.context < 1:
            raise CellError(
                f"context={self.context} for an SCRN cell",
                "at least one slow unit",
                "write SCRN(context=10)",
            )
        if not 0 <= self.alpha < 1:
            raise CellError(
                f"alpha={self.alpha} for an SCRN cell",
                "a number from 0 up to but not 1",
                "write SCRN(alpha=0.95)",
            )

    @property
    def widths(self) -> Mapping[str, Width]:
        """The slow units are as many as the option says."""
        return {"s": self.context, "W_s": self.context}

    def step(
        self, p: Parameters, x: Expression, h: Expression, s: Expression
    ) -> tuple[Expression, Expression, Expression]:
        """Let the slow units drift, the fast ones see them, and both be read."""
        s = (1 - self.alpha) * (p.W_s @ x) + self.alpha * s
        h = sigmoid(p.P_h @ s + p.W_h @ x + p.U_h @ h + p.b_h)
        return p.U_y @ h + p.V_y @ s, h, s
