"""Units that tick at different rates."""

from dataclasses import dataclass
from itertools import pairwise

from recurra.errors import CellError
from recurra.language import (
    Cell,
    Expression,
    Parameters,
    WorkedExample,
    gate,
    tanh,
    units,
    where,
)


@dataclass(frozen=True)
class Clockwork(Cell):
    """Plain recurrent network in modules, each of which moves only every so many steps.

    Koutník, Greff, Gomez & Schmidhuber 2014 (arXiv:1402.3511, section 3): a module moves at step t
    where t mod its period is 0, and keeps its values at all other steps; it receives from itself
    and from slower modules, so that with the periods in ascending order the recurrent matrix is
    block-upper triangular. Ours: steps are counted from 0, so that every module moves at the first
    one, and there is a bias.

    Args:
        periods: The period of each module in steps, whole numbers from 1, in ascending order. The
            units are dealt out to the modules in parts as equal as they go.
    """

    periods: tuple[int, ...] = (1, 2, 4, 8)

    states = ("h",)
    year = 2014
    # By hand, three modules of one unit; what is below the diagonal of U must not take part.
    check = WorkedExample(
        options={"periods": (1, 2, 3)},
        hidden_size=3,
        parameters={
            "W": [[0.8], [-0.5], [0.6]],
            "U": [[0.4, -0.7, 0.9], [9.0, 0.5, -0.6], [8.0, 7.0, -0.3]],
            "b": [0.1, -0.2, 0.3],
        },
        x=[[1.0], [-2.0], [0.5], [1.5], [-1.0]],
        state={"h": [0.2, -0.4, 0.5]},
        output=[
            [0.9366475432419, -0.8336546070122, 0.6351489523873],
            [0.0298424356815, -0.8336546070122, 0.6351489523873],
            [0.9311711227358, -0.8476984112401, 0.6351489523873],
            [0.9931620032576, -0.8476984112401, 0.7655366376054],
            [0.7529085762484, -0.5249664937132, 0.7655366376054],
        ],
    )

    def __post_init__(self) -> None:
        if not _are_periods(self.periods):
            raise CellError(
                f"periods={self.periods!r} for a Clockwork cell",
                "a tuple of whole numbers from 1, each larger than the one before",
                "write Clockwork(periods=(1, 2, 4, 8))",
            )

    def step(self, p: Parameters, x: Expression, h: Expression, *, t: Expression) -> Expression:
        """Move the modules whose time has come, and leave the others as they are."""
        z = gate("update", t % units(self.periods) == 0)
        n = gate("candidate", tanh(p.W @ x + p.U.block_upper(len(self.periods)) @ h + p.b))
        return where(z, n, h)


def _are_periods(given: object) -> bool:
    """Whether it is a tuple of whole numbers from 1 in ascending order."""
    if not isinstance(given, tuple) or not given:
        return False
    whole = all(type(period) is int and period >= 1 for period in given)
    return whole and all(before < after for before, after in pairwise(given))
