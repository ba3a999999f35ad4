"""Cells as equations: how they are written, read, differentiated, put in order and typeset.

Nothing here needs torch or knows a device.
"""

from recurra.language.cell import Cell
from recurra.language.check import SameAsTorch
from recurra.language.differentiate import Derivative, differentiate
from recurra.language.expression import Expression
from recurra.language.initial import Filled, GlorotUniform, Initial, Orthogonal
from recurra.language.latex import equations
from recurra.language.primitives import exp, relu, sigmoid, sign, tanh
from recurra.language.schedule import Schedule, schedule
from recurra.language.trace import Graph, Parameters, gate, trace

__all__ = [
    "Cell",
    "Derivative",
    "Expression",
    "Filled",
    "GlorotUniform",
    "Graph",
    "Initial",
    "Orthogonal",
    "Parameters",
    "SameAsTorch",
    "Schedule",
    "differentiate",
    "equations",
    "exp",
    "gate",
    "relu",
    "schedule",
    "sigmoid",
    "sign",
    "tanh",
    "trace",
]
