"""FastGRNN."""

from collections.abc import Mapping
from dataclasses import dataclass

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Filled,
    Parameters,
    SameAsTorchrecurrent,
    Width,
    gate,
    sigmoid,
    tanh,
)


@dataclass(frozen=True)
class FastGRNN(Cell):
    """FastGRNN: gate and candidate share their matrices, for models of a few kilobytes.

    Kusupati, Singh, Bhatia, Kumar, Jain & Varma 2018 (arXiv:1901.02358), section 3.2. The scalars
    ζ and ν, which lie from 0 to 1, are sigmoids of ``zeta`` and ``nu``; these start at 1 and -4, as
    in the authors' code. Sparse and quantised matrices are left out.

    Args:
        rank: None for whole matrices, else both W and U are products of two thin matrices with so
            many columns and rows, at least 1.
    """

    rank: int | None = None

    states = ("h",)
    year = 2018
    initial = {  # noqa: RUF012 - declared once, never written to
        "zeta": Filled(1.0),
        "nu": Filled(-4.0),
    }
    check = SameAsTorchrecurrent(
        "FastGRNN",
        packed={
            "weight_ih": ("W",),
            "weight_hh": ("U",),
            "bias_ih": ("b_z", "b_n"),
            "bias_hh": ("", ""),
            "zeta": ("zeta",),
            "nu": ("nu",),
        },
        options={"nonlinearity": "sigmoid"},
    )

    def __post_init__(self) -> None:
        if self.rank is not None and self.rank < 1:
            raise CellError(
                f"rank={self.rank} for a FastGRNN cell",
                "at least 1, or None for whole matrices",
                "write FastGRNN(rank=8), or leave it out",
            )

    @property
    def widths(self) -> Mapping[str, Width]:
        """Two scalars, and the inner sides of thin matrices."""
        thin = {} if self.rank is None else {"W2": self.rank, "U2": self.rank}
        return {"zeta": 1, "nu": 1, **thin}

    def step(self, p: Parameters, x: Expression, h: Expression) -> Expression:
        """Mix input and past once, for the gate and for what it lets in."""
        mixed = p.W @ x + p.U @ h
        if self.rank is not None:
            mixed = p.W1 @ (p.W2 @ x) + p.U1 @ (p.U2 @ h)
        z = gate("update", sigmoid(mixed + p.b_z))
        n = gate("candidate", tanh(mixed + p.b_n))
        return (sigmoid(p.zeta) * (1 - z) + sigmoid(p.nu)) * n + z * h
