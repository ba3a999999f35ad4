"""JANET, just another network."""

from collections.abc import Mapping
from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Chrono,
    Expression,
    Initial,
    Parameters,
    SameAsTorchrecurrent,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class JANET(Cell):
    """JANET: a long short-term memory with a forget gate alone.

    Van der Westhuizen & Lasenby 2018, "The unreasonable effectiveness of the forget gate"
    (arXiv:1804.04849), section 3. What is forgotten makes room for what is new; ``beta`` lets a
    little more in than is forgotten. The forget gate's bias starts as in Tallec & Ollivier 2018.

    Args:
        beta: How much less the forget gate is open for what comes in than for what is kept, before
            the sigmoid; the paper's is 1.
        longest: The longest dependency expected, in steps, more than 2: the paper takes the length
            of the sequences.
    """

    beta: float = 1.0
    longest: float = 100.0

    states = ("h",)
    year = 2018
    check = SameAsTorchrecurrent(
        "JANET",
        packed={
            "weight_ih": ("W_f", "W_n"),
            "weight_hh": ("U_f", "U_n"),
            "bias_ih": ("b_f", "b_n"),
            "bias_hh": ("", ""),
        },
        options={"beta": 1.0},
    )

    def __post_init__(self) -> None:
        if not self.longest > 2:
            raise CellError(
                f"longest={self.longest} for a JANET cell",
                "a number of steps above 2",
                "write about the length of your sequences, such as JANET(longest=100)",
            )

    @property
    def initial(self) -> Mapping[str, Initial]:
        """The forget gate's bias, spread over times up to the longest."""
        return {"b_f": Chrono(self.longest)}

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Forget, and fill what has become free, and a little more, with what is new."""
        s = p.W_f @ x + p.U_f @ h + p.b_f
        f = gate("forget", sigmoid(s))
        i = gate("input", 1 - sigmoid(s - self.beta))
        n = gate("candidate", tanh(p.W_n @ x + p.U_n @ h + p.b_n))
        return f * h + i * n
