"""Cells made of cells: regularisers and the projection."""

from recurra.cells.wrappers.layer_norm import LayerNorm
from recurra.cells.wrappers.projected import Projected
from recurra.cells.wrappers.recurrent_dropout import RecurrentDropout
from recurra.cells.wrappers.variational_dropout import VariationalDropout
from recurra.cells.wrappers.wrapper import Wrapper
from recurra.cells.wrappers.zoneout import Zoneout

__all__ = [
    "LayerNorm",
    "Projected",
    "RecurrentDropout",
    "VariationalDropout",
    "Wrapper",
    "Zoneout",
]
