import inspect
import math
from pkgutil import resolve_name

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy_step import FUNCTIONS, evaluate

from recurra import language
from recurra.language.expression import Constant, Leaf, as_expression, pointwise
from recurra.language.primitives import PRIMITIVES

EXTREMES = (0.0, 1e-300, 0.5, 1.0, 19.0, 40.0, 700.0)
away_from_kinks = st.one_of(st.floats(0.1, 3), st.floats(-3, -0.1))
quick = settings(max_examples=20, deadline=None)
every_row = pytest.mark.parametrize("row", PRIMITIVES.values(), ids=PRIMITIVES)


def _torch_value(row, arguments):
    tensors = [torch.tensor(argument, dtype=torch.float64) for argument in arguments]
    return resolve_name(row.python)(*tensors).item()


def _drawn(data, row, numbers):
    return [data.draw(numbers if row.least < 0 else numbers.map(abs)) for _ in range(row.arity)]


@every_row
@quick
@given(data=st.data())
def test_every_derivative_agrees_with_central_differences(row, data):
    values = _drawn(data, row, away_from_kinks)
    if row.name == "remainder":
        # Away from its jumps, where the quotient is whole.
        values[0] = values[1] * (math.floor(values[0]) + 0.4)
    if row.name in {"maximum", "minimum", "greater", "equal"}:
        values[1] = values[0] + math.copysign(0.1, values[1])
    leaves = [Leaf(str(place), "state") for place in range(len(values))]
    incoming = Leaf("g", "gradient")
    known = {("state", leaf.name): np.float64(v) for leaf, v in zip(leaves, values, strict=True)}
    known["gradient", "g"] = np.float64(1.7)
    parts = row.derivative(incoming, pointwise(row.name, *leaves), *leaves)
    assert len(parts) == row.arity
    for place, part in enumerate(parts):
        step = 1e-5
        above = [v + step * (k == place) for k, v in enumerate(values)]
        below = [v - step * (k == place) for k, v in enumerate(values)]
        slope = (_torch_value(row, above) - _torch_value(row, below)) / (2 * step)
        derived = evaluate(as_expression(part), known)
        assert derived == pytest.approx(1.7 * slope, rel=1e-6, abs=1e-7)


def _by_torch(row, values):
    tensors = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    result = resolve_name(row.python)(*tensors)
    if not result.requires_grad:
        return [0.0] * len(values)
    found = torch.autograd.grad(result, tensors, allow_unused=True, materialize_grads=True)
    return [part.item() for part in found]


@every_row
@pytest.mark.parametrize("values", [(0.0,) * 3, (1.0,) * 3, (-2.0,) * 3, (0.0, 1.0, 1.0)])
def test_at_kinks_and_ties_every_derivative_is_that_of_torch(row, values):
    values = values[: row.arity]
    if min(values) <= row.least or (row.name in {"divide", "remainder"} and values[1] == 0):
        values = (0.5,) * row.arity
    leaves = [Leaf(str(place), "state") for place in range(len(values))]
    known = {("state", leaf.name): np.float64(v) for leaf, v in zip(leaves, values, strict=True)}
    known["gradient", "g"] = np.float64(1)
    parts = row.derivative(Leaf("g", "gradient"), pointwise(row.name, *leaves), *leaves)
    derived = [evaluate(as_expression(part), known) for part in parts]
    np.testing.assert_allclose(derived, _by_torch(row, values), rtol=1e-15)


@every_row
@quick
@given(data=st.data())
def test_every_value_is_that_of_numpy(row, data):
    values = _drawn(data, row, away_from_kinks)
    wanted = FUNCTIONS[row.name](*map(np.float64, values))
    assert _torch_value(row, values) == pytest.approx(float(wanted), rel=1e-14, abs=1e-15)


@every_row
@quick
@given(data=st.data())
def test_every_value_lies_in_the_stated_range(row, data):
    finite = st.one_of(
        st.floats(-700, 700), st.sampled_from(EXTREMES), st.sampled_from([-e for e in EXTREMES])
    )
    least, greatest = row.range
    arguments = _drawn(data, row, finite)
    if row.name in {"divide", "remainder"} and arguments[1] == 0:
        arguments[1] = 1.0
    if row.least == 0:
        arguments = [max(argument, 1e-300) for argument in arguments]
    assert least <= _torch_value(row, arguments) <= greatest


BOUNDED = {name: row for name, row in PRIMITIVES.items() if row.range != (-np.inf, np.inf)}
MANY = [*(-e for e in EXTREMES), *EXTREMES, -800.0, 800.0, math.pi, math.pi / 2, -math.pi / 2]


@pytest.mark.parametrize("row", BOUNDED.values(), ids=BOUNDED)
def test_every_stated_bound_is_reached(row):
    numbers = [number for number in MANY if number > row.least]
    pairs = [(number, 0.5, 0.5)[: row.arity] for number in numbers] + [(0.5,) * row.arity]
    reached = [_torch_value(row, pair) for pair in pairs]
    least, greatest = row.range
    # The root is of what is greater than 0, so it comes near 0 only.
    assert least == -np.inf or min(reached) == pytest.approx(least, abs=1e-100)
    assert greatest == np.inf or max(reached) == pytest.approx(greatest, abs=1e-100)
    assert least > -np.inf or min(reached) < -700
    assert greatest < np.inf or max(reached) > 20


WRITTEN = [name for name in PRIMITIVES if hasattr(language, name)]


def test_every_primitive_that_python_has_no_sign_for_is_written_as_a_function():
    signs = {"add", "subtract", "multiply", "divide", "remainder", "negative", "absolute"}
    assert set(WRITTEN) == set(PRIMITIVES) - signs


@pytest.mark.parametrize("name", WRITTEN)
def test_every_written_function_makes_the_node_of_its_name(name):
    function = getattr(language, name)
    arity = len(inspect.signature(function).parameters)
    node = function(*[2.0, 3, 4.0][:arity])
    assert node.primitive == name
    assert arity == PRIMITIVES[name].arity
    assert all(isinstance(argument, Constant) for argument in node.arguments)
    assert [argument.value for argument in node.arguments] == [2.0, 3.0, 4.0][:arity]


def test_rows_go_by_their_own_names():
    assert all(name == row.name for name, row in PRIMITIVES.items())
    assert set(PRIMITIVES) == set(FUNCTIONS)


def test_large_arguments_overflow_neither_values_nor_gradients():
    for name in ("softplus", "log_sigmoid", "sigmoid", "tanh"):
        x = torch.tensor([-1e4, -50.0, 50.0, 1e4], dtype=torch.float64, requires_grad=True)
        value = resolve_name(PRIMITIVES[name].python)(x)
        (slope,) = torch.autograd.grad(value.sum(), x)
        assert value.isfinite().all()
        assert slope.isfinite().all()


def test_what_was_not_taken_does_no_harm():
    a, condition = Leaf("a", "state"), Leaf("c", "state")
    (_, taken, other) = PRIMITIVES["where"].derivative(
        Leaf("g", "gradient"), language.where(condition, a, a), condition, a, a
    )
    known = {("gradient", "g"): np.float64(2), ("state", "c"): np.float64(0)}
    assert (evaluate(taken, known), evaluate(other, known)) == (0, 2)
