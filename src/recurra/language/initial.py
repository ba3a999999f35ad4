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


@dataclass(frozen=True)
class Identity(Initial):
    """A number on the diagonal, zero elsewhere (Le, Jaitly & Hinton 2015, arXiv:1504.00941)."""

    scale: float = 1.0


@dataclass(frozen=True)
class Uniform(Initial):
    """Uniform between two numbers."""

    low: float
    high: float


@dataclass(frozen=True)
class Normal(Initial):
    """Normal about 0."""

    std: float


@dataclass(frozen=True)
class Chrono(Initial):
    """The logarithm of a time drawn uniformly from 1 to ``longest - 1`` steps.

    As a forget gate's bias it makes the memory last about as long (Tallec & Ollivier 2018,
    arXiv:1804.11188, eq. 16; the input gate's bias is then its negative).

    Attributes:
        longest: The longest dependency expected, in steps, more than 2.
        sign: -1.0 for the input gate.
    """

    longest: float
    sign: float = 1.0
