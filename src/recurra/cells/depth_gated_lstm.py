"""Long short-term memory with a gate to the memory of the layer below."""

from dataclasses import dataclass
from typing import Any

from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    WorkedExample,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class DepthGatedLSTM(Cell):
    """Peephole long short-term memory that also takes in the memory of the layer below.

    Yao, Cohn, Vylomova, Duh & Dyer 2015 (arXiv:1508.03790): a depth gate, which sees the input, the
    layer's own memory and the memory below, says how much of the memory below is added to the
    layer's own. The lowest layer has no memory below it: as in the authors' own code
    (``DGLSTMBuilder`` in cnn, the later DyNet, August 2015) its depth gate sees the input and its
    own memory and lets in a linear image of the input, ``W_l x``. All else is ``lstm_peephole``;
    their code couples the forget gate to the input gate and has whole matrices for the peepholes
    of the input and output gates. Ours: the forget gate's bias starts at 1, as in ``lstm``.
    """

    states = ("h", "c")
    year = 2015
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    # By hand, one unit, the lowest layer.
    check = WorkedExample(
        parameters={
            "W_i": [[0.9]],
            "U_i": [[0.3]],
            "p_i": [0.35],
            "b_i": [0.1],
            "W_f": [[-0.4]],
            "U_f": [[0.5]],
            "p_f": [-0.45],
            "b_f": [0.6],
            "W_g": [[1.2]],
            "U_g": [[-0.6]],
            "b_g": [-0.5],
            "W_d": [[0.65]],
            "p_d": [-0.85],
            "b_d": [0.25],
            "W_l": [[-0.75]],
            "W_o": [[0.7]],
            "U_o": [[-0.8]],
            "p_o": [0.55],
            "b_o": [-0.2],
        },
        x=[[1.0], [-2.0], [1.5]],
        state={"h": [0.2], "c": [0.5]},
        output=[[0.1216590014616], [0.0581732846984], [0.0384948957439]],
    )

    def step(
        self,
        p: Parameters,
        x: Expression,
        h: Expression,
        c: Expression,
        *,
        below: Any,
    ) -> tuple[Expression, Expression]:
        """Forget, add what is new and what lies below, and let some of it out."""
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        seen = p.W_d @ x + p.p_d * c + p.b_d
        if below is None:
            lower = p.W_l @ x
        else:
            lower = below.c
            seen = seen + p.w_d * lower
        d = gate("depth", sigmoid(seen))
        c = f * c + i * g + d * lower
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + p.b_o))
        return o * tanh(c), c
