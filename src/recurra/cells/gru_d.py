"""GRU-D, for inputs with gaps."""

import math
from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    Uniform,
    WorkedExample,
    exp,
    gate,
    relu,
    sigmoid,
    tanh,
    units,
    where,
)


@dataclass(frozen=True)
class GRUD(Cell):
    """GRU-D: a gated recurrent unit for inputs with gaps and at any distance in time.

    Che, Purushotham, Cho, Sontag & Liu 2018, Scientific Reports 8 (arXiv:1606.01865), section
    "GRU-D". A missing value is taken to be the last one observed, drawn the further towards the
    mean the longer ago that was, each variable at a rate ``w_gx`` of its own; the state fades
    likewise, at rates ``W_gh``; and the gates see which values are there. Two states remember the
    inputs: ``last``, the value last observed less the mean, and ``since``, the time from then to
    the step before; so both rightly begin at 0. The rates start small and positive (ours), since
    at 0 no gradient passes their maximum with 0. The first step's ``dt`` counts, where the paper
    takes 0. The reset gate acts before the matrix product.

    Args:
        mean: The mean of the input over the training data, one number for all variables or one for
            each; 0 for inputs that have been centred.
    """

    mean: float | tuple[float, ...] = 0.0

    states = ("h", "last", "since")
    year = 2018
    widths = {  # noqa: RUF012 - declared once, never written to
        "last": "I",
        "since": "I",
        "w_gx": "I",
        "b_gx": "I",
    }
    initial = {  # noqa: RUF012 - declared once, never written to
        "w_gx": Uniform(0.0, 0.1),
        "W_gh": Uniform(0.0, 0.1),
    }
    # The paper's equations in plain arithmetic, with the times since each was observed, counted
    # from the first step.
    check = WorkedExample(
        options={"mean": (0.3, -0.2)},
        hidden_size=2,
        parameters={
            "w_gx": [0.4, 0.9],
            "b_gx": [0.1, -0.6],
            "W_gh": [[0.3, -0.2], [0.5, 0.7]],
            "b_gh": [-0.1, 0.2],
            "W_r": [[0.8, -0.5], [0.3, 1.1]],
            "U_r": [[-0.6, 0.9], [1.2, 0.4]],
            "V_r": [[0.5, -0.3], [0.2, 0.6]],
            "b_r": [0.2, -0.4],
            "W_z": [[0.1, 0.7], [-1.3, 0.6]],
            "U_z": [[0.5, 0.8], [-0.2, -0.9]],
            "V_z": [[-0.4, 0.9], [0.7, 0.1]],
            "b_z": [-0.1, 0.5],
            "W_n": [[1.4, -0.3], [0.6, 0.9]],
            "U_n": [[0.4, 1.0], [-0.8, 0.7]],
            "V_n": [[0.3, -0.6], [1.0, 0.2]],
            "b_n": [0.3, 0.1],
        },
        x=[[1.0, 0.0], [0.0, 0.0], [0.0, 1.7], [0.4, 0.0], [0.0, 0.0]],
        state={"h": [0.5, -0.2]},
        missing=[[0.0, 1.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]],
        dt=[0.0, 1.5, 0.5, 2.0, 0.25],
        output=[
            [0.686734943282, 0.284292135517],
            [0.785442898663, 0.0264950537286],
            [0.143046129633, 0.649096250062],
            [0.404912262475, 0.659791560997],
            [0.594031254309, 0.24850450956],
        ],
    )

    def __post_init__(self) -> None:
        means = self.mean if isinstance(self.mean, tuple) else (self.mean,)
        if not means or not all(math.isfinite(value) for value in means):
            raise CellError(
                f"mean={self.mean} for a GRU-D cell",
                "a number, or one for each variable of the input",
                "write GRUD(mean=(0.5, 12.0)) for two variables",
            )

    def step(
        self,
        p: Parameters,
        x: Expression,
        h: Expression,
        last: Expression,
        since: Expression,
        *,
        dt: Expression,
        missing: Expression,
    ) -> tuple[Expression, Expression, Expression]:
        """Fill the gaps and let the past fade, by the time that has passed, then a GRU."""
        mean = units(self.mean, "I") if isinstance(self.mean, tuple) else self.mean
        ago = dt + since
        fade_x = gate("input decay", exp(-relu(p.w_gx * ago + p.b_gx)))
        fade_h = gate("hidden decay", exp(-relu(p.W_gh @ ago + p.b_gh)))
        imputed = gate("imputed", where(missing, mean + fade_x * last, x))
        h = fade_h * h
        there = 1 - missing
        r = gate("reset", sigmoid(p.W_r @ imputed + p.U_r @ h + p.V_r @ there + p.b_r))
        z = gate("update", sigmoid(p.W_z @ imputed + p.U_z @ h + p.V_z @ there + p.b_z))
        n = gate("candidate", tanh(p.W_n @ imputed + p.U_n @ (r * h) + p.V_n @ there + p.b_n))
        return (1 - z) * h + z * n, where(missing, last, x - mean), missing * ago
