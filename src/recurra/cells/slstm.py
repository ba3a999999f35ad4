"""Scalar LSTM of the xLSTM."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Filled,
    Initial,
    Parameters,
    WorkedExample,
    exp,
    gate,
    log_sigmoid,
    maximum,
    sigmoid,
    tanh,
    where,
)


@dataclass(frozen=True)
class SLSTM(Cell):
    """sLSTM: a long short-term memory with exponential gates and a normaliser.

    Beck et al. 2024, "xLSTM: extended long short-term memory" (arXiv:2405.04517), eq. 8 to 17. An
    exponential input gate can outweigh all that is stored; the normaliser ``n`` gathers what the
    gates let in and the output is divided by it. ``m`` is the larger logarithm of what is kept and
    what comes in: cell and normaliser are held divided by exp(m), which leaves the output as it is
    and bounds the gates by 1. At the first step, where nothing is stored (``n`` is 0), ``m`` is the
    input gate's logarithm, as in the authors' code, so that ``n`` is never below 1 afterwards. The
    paper's ``R`` is ``U`` here. The forget gate's bias starts at 1 with the sigmoid, as in the
    LSTM, and at 0 with exp (ours).

    Args:
        heads: Into how many equal parts the units are cut that see only their own past, at least 1;
            must divide the hidden size.
        forget: The forget gate's function, the paper has both: ``"sigmoid"`` or ``"exp"``.
    """

    heads: int = 1
    forget: Literal["sigmoid", "exp"] = "sigmoid"

    states = ("h", "c", "n", "m")
    year = 2024
    # Eq. 8 to 14, without the stabiliser, in decimals of any exponent.
    check = WorkedExample(
        options={"heads": 2},
        hidden_size=4,
        parameters={
            "W_z": [[0.9, 0.3], [-0.5, 0.6], [0.7, -1.1], [0.4, 1.0]],
            "U_z": [[-0.6, 0.8], [1.2, -0.4], [0.1, 0.7], [-0.9, 0.3]],
            "b_z": [-0.2, 0.3, 0.5, -0.4],
            "W_i": [[3.0, -2.0], [-400.0, 16.0], [0.5, 0.7], [20.0, -8.0]],
            "U_i": [[0.5, -0.3], [0.8, 1.1], [-0.7, 0.2], [0.6, 0.9]],
            "b_i": [0.2, -0.5, 0.4, 0.1],
            "W_f": [[0.4, -0.9], [1.1, 0.3], [-0.6, 0.8], [0.2, -1.2]],
            "U_f": [[1.0, 0.4], [-0.2, 0.7], [0.3, -1.3], [0.9, 0.5]],
            "b_f": [1.0, 0.6, -0.3, 0.8],
            "W_o": [[-0.8, 0.4], [0.1, -0.9], [1.2, 0.5], [-0.3, 0.6]],
            "U_o": [[0.7, -0.5], [0.2, 0.6], [-1.1, 0.4], [0.8, 1.3]],
            "b_o": [0.4, 0.1, -0.6, 0.2],
        },
        x=[[2.0, 0.5], [1.0, -0.5], [0.3, 1.5], [-1.2, 0.8]],
        output=[
            [0.253174875366, -0.175753050232, 0.774365429037, 0.340256396309],
            [0.29704350592, -0.0807162042912, 0.377656748534, 0.47250608813],
            [0.521385396616, 0.205379720911, -0.114435171372, 0.625200517643],
            [0.622223865262, 0.358952246525, -0.081954224002, 0.611242367609],
        ],
    )

    def __post_init__(self) -> None:
        if self.heads < 1:
            raise CellError(
                f"heads={self.heads} for an sLSTM cell",
                "at least one",
                "write SLSTM(heads=4), or leave it out for one",
            )
        if self.forget not in ("sigmoid", "exp"):
            raise CellError(
                f"the forget gate's function {self.forget!r} for an sLSTM cell",
                "sigmoid or exp",
                'write SLSTM(forget="sigmoid")',
            )

    @property
    def initial(self) -> Mapping[str, Initial]:
        """A forget gate that is rather open, and does not amplify."""
        return {"b_f": Filled(1.0 if self.forget == "sigmoid" else 0.0)}

    def step(  # noqa: PLR0917 - one for each state
        self,
        p: Parameters,
        x: Expression,
        h: Expression,
        c: Expression,
        n: Expression,
        m: Expression,
    ) -> tuple[Expression, ...]:
        """Forget and add in proportion, and let the weighted mean out."""
        z = gate("candidate", tanh(p.W_z @ x + self._mixed(p.U_z, h) + p.b_z))
        o = gate("output", sigmoid(p.W_o @ x + self._mixed(p.U_o, h) + p.b_o))
        log_i = p.W_i @ x + self._mixed(p.U_i, h) + p.b_i
        raw_f = p.W_f @ x + self._mixed(p.U_f, h) + p.b_f
        log_f = raw_f if self.forget == "exp" else log_sigmoid(raw_f)
        # While nothing is stored it weighs as much as the input: any weight of it is right.
        kept = where(n > 0, log_f + m, log_i)
        m = maximum(kept, log_i)
        i = gate("input", exp(log_i - m))
        f = gate("forget", exp(kept - m))
        c = f * c + i * z
        n = f * n + i
        return o * (c / n), c, n, m

    def _mixed(self, matrix: Any, h: Expression) -> Expression:
        """The past through a recurrent matrix, each head by itself."""
        mixed: Expression = matrix.block_diagonal(self.heads) @ h
        return mixed
