"""Cells that hypothesis makes up: any mixture of what the language understands."""

from dataclasses import dataclass
from itertools import count

from hypothesis import strategies as st

from recurra.language import (
    Cell,
    cos,
    either,
    equal,
    exp,
    gate,
    greater,
    identity,
    log,
    log_sigmoid,
    match,
    maximum,
    mean,
    minimum,
    normalised,
    previous,
    relu,
    sigmoid,
    sign,
    sin,
    softplus,
    sqrt,
    tanh,
    total,
    units,
    where,
)

# What has a kink is moved off the places where equal values would meet, since there rounding
# decides; how ties are broken is shown primitive by primitive.
UNARY = {
    "negative": lambda a: -a,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": lambda a: relu(a - 0.137),
    "exp": lambda a: exp(tanh(a)),
    "log": lambda a: log(0.5 + sigmoid(a)),
    "sqrt": lambda a: sqrt(0.5 + sigmoid(a)),
    "sin": lambda a: sin(3 * tanh(a)),
    "cos": lambda a: cos(3 * tanh(a)),
    "sign": lambda a: sign(a + 0.137),
    "absolute": lambda a: abs(a + 0.137),
    "softplus": softplus,
    "log_sigmoid": log_sigmoid,
    "zero": lambda a: 0 * a,
    "total": lambda a: total(a) / 4,
    "mean": mean,
    "normalised": normalised,
}
BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    # The divisor is at least 1.5, so that a wrong derivative shows and a rounding error does not.
    "divide": lambda a, b: a / (1.5 + sigmoid(b)),
    "remainder": lambda a, b: (3 * tanh(a) + 0.137) % (1.5 + sigmoid(b)),
    "maximum": lambda a, b: maximum(a + 0.137, b),
    "minimum": lambda a, b: minimum(a + 0.137, b),
    "greater": lambda a, b: greater(a, b + 0.137),
    "equal": lambda a, b: equal(a, b + 0.137),
    "where": lambda a, b: where(greater(a, 0.137), b, a),
}
PRODUCTS = {
    "U_0": lambda p, a: p.U_0 @ a,
    "U_1": lambda p, a: p.U_1 @ a,
    "transposed": lambda p, a: p.U_0.T @ a,
    "antisymmetric": lambda p, a: (p.A - p.A.T - 0.1 * identity) @ a,
    "block upper": lambda p, a: p.B.block_upper(2) @ a,
    "block diagonal": lambda p, a: p.C.block_diagonal(2) @ a,
    "formula": lambda p, a: (0.5 * (identity + p.U_1.T) - -p.C.block_diagonal(2).T) @ a,
    "low rank": lambda p, a: p.E @ (p.F @ a),
    "narrow": lambda p, a: p.J @ tanh(p.K @ a),
}
SOURCES = {
    "h": lambda c: c.h,
    "c": lambda c: c.c,
    "n": lambda c: c.n,
    "s": lambda c: c.p.S @ c.s,
    "W_0": lambda c: c.p.W_0 @ c.x,
    "W_1": lambda c: c.p.W_1 @ c.x,
    "R": lambda c: c.p.R @ tanh(c.x + 0.25),
    "D": lambda c: c.p.D @ tanh(c.p.W_0 @ c.x),
    "low rank of x": lambda c: c.p.E @ (c.p.G @ c.x),
    "previous": lambda c: c.p.W_0 @ previous(c.x) + c.p.W_1 @ previous(c.x, 2),
    "match": lambda c: match(c.p.M, c.x),
    "x": lambda c: total(c.p.g * c.x * units((1.5,), "I")),
    "block diagonal of x": lambda c: c.p.O.block_diagonal(2) @ c.x,
    "t": lambda c: c.p.v_0 * c.t,
    "dt": lambda c: exp(-relu(c.p.alpha * c.dt + c.p.b_dt)),
    "missing": lambda c: c.p.Q @ where(c.missing > 0, c.p.g * c.x, c.x),
    "below": lambda c: c.p.v_1 * (c.p.b_below if c.below is None else c.below.h),
    "narrow below": lambda c: c.p.v_1 if c.below is None else c.p.S @ c.below.s,
    "units": lambda c: units((1.0, -0.5)),
    "v_0": lambda c: c.p.v_0,
    "b_1": lambda c: c.p.b_1,
    "alpha": lambda c: c.p.alpha,
    "half": lambda c: 0.5,
    "two": lambda c: -2.0,
    "step chance": lambda c: either(0.4, c.h, c.p.b_1, key=c.key()),
    "sequence chance": lambda c: either(0.3, 0.0, c.c / 0.7, key=c.key(), per="sequence"),
    "number by chance": lambda c: either(0.5, c.p.alpha, c.n, key=c.key()),
}


@dataclass
class Context:
    """All that a step has been given."""

    p: object
    x: object
    h: object
    c: object
    s: object
    n: object
    t: object
    dt: object
    missing: object
    below: object

    def __post_init__(self):
        self.numbers = count()

    def key(self):
        return f"chance {next(self.numbers)}"

    def build(self, recipe):
        """The expression that a recipe, a nested tuple of names, stands for."""
        name, *below = recipe
        parts = [self.build(part) for part in below]
        if len(parts) == 2:
            return BINARY[name](*parts)
        if parts:
            # A matrix multiplies what varies.
            product = PRODUCTS.get(name)
            return product(self.p, parts[0] * self.h) if product else UNARY[name](parts[0])
        return SOURCES[name](self)


@dataclass(frozen=True)
class Made(Cell):
    """A cell with states of three widths and an output of a fourth, after four recipes."""

    first: tuple
    second: tuple
    third: tuple
    fourth: tuple

    states = ("h", "c", "s", "n")
    output = "y"
    widths = {  # noqa: RUF012 - declared once, never written to
        "s": "H/2",
        "n": 1,
        "y": 3,
        "Y": 3,
        "V": "H/2",
        "K": "H/2",
        "N": 1,
        "F": 2,
        "G": 2,
        "E": "H",
        "alpha": 1,
        "b_dt": 1,
    }

    def step(self, p, x, *states, t, dt, missing, below):
        h, c, s, n = states
        context = Context(p, x, h, c, s, n, t, dt, missing, below)
        first = gate("first", tanh(p.W_0 @ x + context.build(self.first)))
        second = sigmoid(p.v_0) * c + tanh(p.v_1 * context.build(self.second))
        third = 0.5 * s + tanh(p.V @ (h + context.build(self.third)))
        y = p.Y @ (c + context.build(self.fourth))
        return y, first, second, third, (n + tanh(p.N @ first)) / 2


def _larger(recipes):
    return st.one_of(
        st.tuples(st.sampled_from(sorted(BINARY)), recipes, recipes),
        st.tuples(st.sampled_from(sorted(UNARY) + sorted(PRODUCTS)), recipes),
    )


recipes = st.recursive(st.tuples(st.sampled_from(sorted(SOURCES))), _larger, max_leaves=8)
cells = st.builds(Made, recipes, recipes, recipes, recipes)
options = st.fixed_dictionaries(
    {name: st.booleans() for name in ("bias", "training", "lowest", "square")}
)
