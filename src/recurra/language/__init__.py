"""Cells as equations: how they are written, read, differentiated, put in order and typeset.

Nothing here needs torch or knows a device.
"""

from recurra.language.cell import Cell
from recurra.language.chance import either
from recurra.language.check import (
    SameAsCell,
    SameAsONNX,
    SameAsTorch,
    SameAsTorchrecurrent,
    WorkedExample,
)
from recurra.language.context import match, previous, units
from recurra.language.differentiate import Derivative, differentiate
from recurra.language.expression import Expression
from recurra.language.gate import gate
from recurra.language.initial import (
    Chrono,
    Filled,
    GlorotUniform,
    Identity,
    Initial,
    Normal,
    Orthogonal,
    Uniform,
)
from recurra.language.matrices import identity
from recurra.language.notation import LATEX, TEXT
from recurra.language.parameter import Parameters
from recurra.language.primitives import (
    cos,
    equal,
    exp,
    greater,
    log,
    log_sigmoid,
    maximum,
    minimum,
    relu,
    sigmoid,
    sign,
    sin,
    softplus,
    sqrt,
    tanh,
    where,
)
from recurra.language.reduction import mean, normalised, total
from recurra.language.schedule import Schedule, schedule
from recurra.language.trace import Graph, trace
from recurra.language.typeset import equations
from recurra.language.widths import Shape, Width

__all__ = [
    "LATEX",
    "TEXT",
    "Cell",
    "Chrono",
    "Derivative",
    "Expression",
    "Filled",
    "GlorotUniform",
    "Graph",
    "Identity",
    "Initial",
    "Normal",
    "Orthogonal",
    "Parameters",
    "SameAsCell",
    "SameAsONNX",
    "SameAsTorch",
    "SameAsTorchrecurrent",
    "Schedule",
    "Shape",
    "Uniform",
    "Width",
    "WorkedExample",
    "cos",
    "differentiate",
    "either",
    "equal",
    "equations",
    "exp",
    "gate",
    "greater",
    "identity",
    "log",
    "log_sigmoid",
    "match",
    "maximum",
    "mean",
    "minimum",
    "normalised",
    "previous",
    "relu",
    "schedule",
    "sigmoid",
    "sign",
    "sin",
    "softplus",
    "sqrt",
    "tanh",
    "total",
    "trace",
    "units",
    "where",
]
