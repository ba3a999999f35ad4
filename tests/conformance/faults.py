"""Functions with something wrong, in the place of a cell's own squashing function."""

from dataclasses import dataclass
from itertools import count

import torch

from recurra.language import Cell, either, tanh
from recurra.language.expression import pointwise
from recurra.language.primitives import Primitive
from recurra.language.reading import under_way

_calls = count()


def honest(a):
    return a * 1.0


def mixing(a):
    """Rows of a batch see each other."""
    return a + 0.1 * a.mean(0, keepdim=True)


def crooked(a):
    """The gradient is nine tenths of the slope."""
    return 0.9 * a + 0.1 * a.detach()


def contrary(a):
    """The gradient is far too large and points the other way."""
    return 101 * a.detach() - 100 * a


def bent(a):
    """a²/2, whose gradient is right, and the gradient of that 0 instead of 1."""
    fixed = a.detach()
    return fixed * fixed / 2 + fixed * (a - fixed)


def spiky(a):
    """Full of kinks at any place."""
    return a + 1e-5 * (1e8 * a).sin().abs()


def remembering(a):
    """No two calls give the same."""
    return a + 1e-4 * next(_calls)


def coarse(a):
    """Single precision is off by more than rounding."""
    return a if a.dtype == torch.float64 else a * 1.001


def asking(a):
    """Looks at its values."""
    return a if bool((a > 0).any()) else a * 1.0


def primitive(name, **parts):
    """A row for the table of primitives, right but for what is said of it."""
    rows = {
        "derivative": lambda g, y, a: (g,),
        "python": f"{__name__}:{name}",
        "latex": "f({0})",
        "text": "f({0})",
    }
    return Primitive(name, **{**rows, **parts})


@dataclass(frozen=True)
class Plain(Cell):
    """A plain network with another function, for tests."""

    function: str = "honest"

    states = ("h",)

    def step(self, p, x, h):
        return pointwise(self.function, tanh(p.W @ x + p.U @ h + p.b))


@dataclass(frozen=True)
class Idle(Cell):
    """A parameter times zero."""

    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ h + p.b) + 0.0 * (p.V @ x)


@dataclass(frozen=True)
class Moody(Cell):
    """Other parameters in evaluation."""

    states = ("h",)

    def step(self, p, x, h):
        whole = tanh(p.W @ x + p.U @ h + p.b)
        return whole if under_way().training else whole * p.v


@dataclass(frozen=True)
class Biased(Cell):
    """A matrix called like a bias."""

    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ h + p.b_W @ x)


@dataclass(frozen=True)
class Chancy(Cell):
    """Chance in its own equations, a small number of the step, an earlier input."""

    states = ("h",)

    def step(self, p, x, h, *, t, dt):
        return either(0.3, h, tanh(p.W @ x + p.U @ h + p.b * dt + p.v * (t % 3)), key="h")
