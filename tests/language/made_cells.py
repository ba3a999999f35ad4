"""Cells that hypothesis makes up: any mixture of what the language understands."""

from dataclasses import dataclass

from hypothesis import strategies as st

from recurra.language import Cell, exp, relu, sigmoid, tanh

BINARY = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    # The divisor is at least 1, so that a wrong derivative shows and a rounding error does not.
    "divide": lambda a, b: a / (1.5 + sigmoid(b)),
}
UNARY = {
    "negative": lambda a: -a,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "relu": relu,
    "exp": lambda a: exp(tanh(a)),
}
SOURCES = ("h", "c", "W_0", "W_1", "R", "D", "v_0", "v_1", "half", "two")


def build(recipe, p, x, h, c):
    """The expression that a recipe, a nested tuple of names, stands for."""
    name, *below = recipe
    parts = [build(part, p, x, h, c) for part in below]
    if name in BINARY:
        return BINARY[name](*parts)
    if name in UNARY:
        return UNARY[name](*parts)
    if name.startswith("U"):
        return getattr(p, name) @ (parts[0] * h)
    return {
        "h": lambda: h,
        "c": lambda: c,
        "W_0": lambda: p.W_0 @ x,
        "W_1": lambda: p.W_1 @ x,
        "R": lambda: p.R @ tanh(x + 0.25),
        "D": lambda: p.D @ tanh(p.W_0 @ x),
        "v_0": lambda: p.v_0,
        "v_1": lambda: p.v_1,
        "half": lambda: 0.5,
        "two": lambda: -2.0,
    }[name]()


@dataclass(frozen=True)
class Made(Cell):
    """A cell with two states after two recipes."""

    first: tuple
    second: tuple

    states = ("h", "c")

    def step(self, p, x, h, c):
        new = tanh(p.W_0 @ x + build(self.first, p, x, h, c))
        return new, sigmoid(p.v_0) * c + tanh(build(self.second, p, x, h, c))


def _larger(recipes):
    return st.one_of(
        st.tuples(st.sampled_from(sorted(BINARY)), recipes, recipes),
        st.tuples(st.sampled_from([*sorted(UNARY), "U_0", "U_1"]), recipes),
    )


recipes = st.recursive(st.tuples(st.sampled_from(SOURCES)), _larger, max_leaves=8)
cells = st.builds(Made, recipes, recipes)
