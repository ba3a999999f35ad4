"""What the parameters of a cell start from, as plain data: the layer draws the numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Initial:
    """How a parameter starts.

    Parameters of one family (the part of the name before ``_``) and rule are drawn together, as
    one matrix with all their rows, which is how the papers and Keras draw them.
    """


@dataclass(frozen=True)
class GlorotUniform(Initial):
    """Uniform within sqrt(6 / (fan in + fan out)) of 0 (Glorot & Bengio 2010, eq. 16)."""


@dataclass(frozen=True)
class Orthogonal(Initial):
    """A random matrix with orthonormal columns (Saxe et al. 2014, arXiv:1312.6120)."""


@dataclass(frozen=True)
class Filled(Initial):
    """Every number the same."""

    value: float
