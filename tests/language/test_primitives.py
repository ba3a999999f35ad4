from pkgutil import resolve_name

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy_step import evaluate

from recurra.language.expression import Constant, Leaf, as_expression, pointwise
from recurra.language.primitives import PRIMITIVES, exp, relu, sigmoid, sign, tanh

EXTREMES = (0.0, 1e-300, 0.5, 1.0, 19.0, 40.0, 700.0)
away_from_kinks = st.one_of(st.floats(0.1, 3), st.floats(-3, -0.1))


def _arity(row):
    return 2 if "{1}" in row.latex else 1


def _torch_value(row, arguments):
    tensors = [torch.tensor(argument, dtype=torch.float64) for argument in arguments]
    return resolve_name(row.python)(*tensors).item()


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=PRIMITIVES)
@given(data=st.data())
def test_every_derivative_agrees_with_central_differences(row, data):
    values = [data.draw(away_from_kinks) for _ in range(_arity(row))]
    leaves = [Leaf(str(place), "state") for place in range(len(values))]
    incoming = Leaf("g", "gradient")
    known = {("state", leaf.name): np.float64(v) for leaf, v in zip(leaves, values, strict=True)}
    known["gradient", "g"] = np.float64(1.7)
    parts = row.derivative(incoming, pointwise(row.name, *leaves), *leaves)
    for place, part in enumerate(parts):
        step = 1e-5
        above = [v + step * (k == place) for k, v in enumerate(values)]
        below = [v - step * (k == place) for k, v in enumerate(values)]
        slope = (_torch_value(row, above) - _torch_value(row, below)) / (2 * step)
        derived = evaluate(as_expression(part), known, {})
        assert derived == pytest.approx(1.7 * slope, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("row", PRIMITIVES.values(), ids=PRIMITIVES)
@given(data=st.data())
def test_every_value_lies_in_the_stated_range(row, data):
    finite = st.one_of(
        st.floats(-700, 700), st.sampled_from(EXTREMES), st.sampled_from([-e for e in EXTREMES])
    )
    least, greatest = row.range
    arguments = [data.draw(finite) for _ in range(_arity(row))]
    if row.name == "divide" and arguments[1] == 0:
        arguments[1] = 1.0
    assert least <= _torch_value(row, arguments) <= greatest


BOUNDED = {name: row for name, row in PRIMITIVES.items() if row.range != (-np.inf, np.inf)}


@pytest.mark.parametrize("row", BOUNDED.values(), ids=BOUNDED)
def test_every_stated_bound_is_reached(row):
    reached = [_torch_value(row, [argument]) for argument in (-800.0, 800.0)]
    for bound in row.range:
        assert bound in (np.inf, pytest.approx(min(reached)), pytest.approx(max(reached)))
    assert np.isfinite(max(row.range)) or max(reached) > 700


def test_the_slope_of_relu_at_its_kink_is_zero_as_in_torch():
    x = torch.zeros((), requires_grad=True)
    torch.relu(x).backward()
    at_zero = {("state", "a"): np.float64(0), ("gradient", "g"): np.float64(1)}
    a, g = Leaf("a", "state"), Leaf("g", "gradient")
    (derived,) = PRIMITIVES["relu"].derivative(g, relu(a), a)
    assert evaluate(derived, at_zero, {}) == x.grad.item() == 0


@pytest.mark.parametrize("function", [exp, relu, sigmoid, sign, tanh])
def test_every_written_function_makes_the_node_of_its_name(function):
    node = function(2)
    assert node.primitive == function.__name__
    assert isinstance(node.arguments[0], Constant)
    assert node.arguments[0].value == 2.0


def test_rows_go_by_their_own_names():
    assert all(name == row.name for name, row in PRIMITIVES.items())
