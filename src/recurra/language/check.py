"""Independent checks that a cell declares: what else, not derived from its equations, knows it.

All that Recurra does with a cell follows from its equations, so a wrong equation would be wrong
everywhere and no comparison within Recurra could tell. A cell therefore names a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SameAsTorch:
    """The cell computes what a module of torch.nn does.

    Attributes:
        module: The class in torch.nn: ``"RNN"``, ``"LSTM"`` or ``"GRU"``.
        weight_ih: The cell's parameters in the order in which torch stacks ``weight_ih_l0``.
        weight_hh: Likewise for ``weight_hh_l0``.
        bias_ih: Likewise for ``bias_ih_l0``.
        bias_hh: Likewise for ``bias_hh_l0``; ``""`` where the cell has one bias for torch's two.
        options: What the module is made with, as pairs.
    """

    module: str
    weight_ih: tuple[str, ...]
    weight_hh: tuple[str, ...]
    bias_ih: tuple[str, ...]
    bias_hh: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = ()
