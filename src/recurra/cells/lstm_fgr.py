"""Long short-term memory whose gates see the gates of the step before."""

from dataclasses import dataclass

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
class LSTMFGR(Cell):
    """Peephole long short-term memory with full gate recurrence.

    Greff et al. 2015 (arXiv:1503.04069, section "LSTM Variants"), FGR: every gate also sees the
    input, forget and output gates of the step before, through nine matrices; ``R_fi`` leads from
    the forget gate to the input gate. The gates are therefore states, and closed (0) before the
    first step, as in the authors' code (``Lstm97Layer`` in PyLSTM). Ours: the forget gate's bias
    starts at 1, as in ``lstm``.
    """

    states = ("h", "c", "i", "f", "o")
    year = 2015
    initial = {"b_f": Filled(1.0)}  # noqa: RUF012 - declared once, never written to
    # By hand, one unit, from the paper's equations for each gate.
    check = WorkedExample(
        parameters={
            "W_i": [[0.9]],
            "U_i": [[0.3]],
            "p_i": [0.35],
            "b_i": [0.1],
            "R_ii": [[0.15]],
            "R_fi": [[-0.25]],
            "R_oi": [[0.65]],
            "W_f": [[-0.4]],
            "U_f": [[0.5]],
            "p_f": [-0.45],
            "b_f": [0.6],
            "R_if": [[-0.75]],
            "R_ff": [[0.85]],
            "R_of": [[-0.95]],
            "W_g": [[1.2]],
            "U_g": [[-0.6]],
            "b_g": [-0.5],
            "W_o": [[0.7]],
            "U_o": [[-0.8]],
            "p_o": [0.55],
            "b_o": [-0.2],
            "R_io": [[1.05]],
            "R_fo": [[-1.15]],
            "R_oo": [[1.25]],
        },
        x=[[1.0], [-2.0], [0.5]],
        state={"h": [0.2], "c": [0.5], "i": [0.3], "f": [0.6], "o": [0.8]},
        output=[[0.4450052314251], [0.0219363296692], [0.0529652417247]],
    )

    def step(  # noqa: PLR0917 - it has five states
        self,
        p: Parameters,
        x: Expression,
        h: Expression,
        c: Expression,
        i: Expression,
        f: Expression,
        o: Expression,
    ) -> tuple[Expression, ...]:
        """Forget, add what is new, and let some of it out, each after a look at all gates."""
        to_i = p.R_ii @ i + p.R_fi @ f + p.R_oi @ o
        to_f = p.R_if @ i + p.R_ff @ f + p.R_of @ o
        to_o = p.R_io @ i + p.R_fo @ f + p.R_oo @ o
        i = gate("input", sigmoid(p.W_i @ x + p.U_i @ h + p.p_i * c + to_i + p.b_i))
        f = gate("forget", sigmoid(p.W_f @ x + p.U_f @ h + p.p_f * c + to_f + p.b_f))
        g = gate("candidate", tanh(p.W_g @ x + p.U_g @ h + p.b_g))
        c = f * c + i * g
        o = gate("output", sigmoid(p.W_o @ x + p.U_o @ h + p.p_o * c + to_o + p.b_o))
        return o * tanh(c), c, i, f, o
