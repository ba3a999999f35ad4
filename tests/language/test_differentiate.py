import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cells import BINARY, PRODUCTS, SOURCES, UNARY, Made, options
from made_cells import cells as made_cells
from numpy_step import backward, forward
from problems import by_torch, problem
from written import written

from recurra import cells
from recurra.language import (
    differentiate,
    either,
    equal,
    gate,
    match,
    maximum,
    relu,
    sign,
    tanh,
    total,
    trace,
    units,
    where,
)
from recurra.language.widths import Shape

WAYS = {
    "whole": {},
    "without bias": {"bias": False},
    "as wide as its input": {"square": True},
    "upper": {"lowest": False},
}
every_way = pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
every_cell = pytest.mark.parametrize("name", cells.names())


def _problem(cell, seed, **ways):
    return problem(trace(cell, **ways), seed, inputs=4 if ways.get("square") else 2)


def _by_hand(task):
    """Output, last states, and gradients of inputs, state and parameters, in NumPy."""
    output, states = forward(task)
    of_inputs, of_state, of_parameters = backward(task, states)
    return [output, *states[-1], *of_inputs.values(), *of_state, *of_parameters.values()]


def _assert_agreement(cell, seed, **ways):
    task = _problem(cell, seed, **ways)
    for mine, theirs in zip(_by_hand(task), by_torch(task), strict=True):
        assert mine.shape == theirs.shape
        scale = max(1.0, np.abs(theirs).max())
        np.testing.assert_allclose(mine / scale, theirs / scale, rtol=0, atol=1e-12)


@every_way
@every_cell
def test_the_derived_gradients_of_every_cell_are_those_of_torch(name, way):
    _assert_agreement(cells.find(name)(), seed=1, **way)


WRAPPED = {
    "zoneout": cells.Zoneout(cells.LSTM(), (0.3, 0.5)),
    "recurrent dropout": cells.RecurrentDropout(cells.GRU(), 0.3),
    "variational dropout": cells.VariationalDropout(cells.LSTM(), 0.4),
    "layer norm": cells.LayerNorm(cells.LSTM()),
    "projected": cells.Projected(cells.LSTM(), 3),
    "all": cells.Projected(
        cells.Zoneout(cells.RecurrentDropout(cells.LayerNorm(cells.LSTM()), 0.3), 0.2), 3
    ),
}


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("cell", WRAPPED.values(), ids=WRAPPED)
def test_the_derived_gradients_of_regularised_cells_are_those_of_torch(cell, training):
    _assert_agreement(cell, seed=6, training=training)


@settings(max_examples=100, deadline=None)
@given(made_cells, options, st.integers(0, 99))
def test_the_derived_gradients_of_any_cell_are_those_of_torch(cell, ways, seed):
    _assert_agreement(cell, seed, **ways)


def _assert_slopes(cell, seed, **ways):
    """Along a random direction in everything, the loss changes as the gradients say."""
    task, direction = (_problem(cell, s, **ways) for s in (seed, seed + 1000))

    def loss(step):
        output, states = forward(task.moved(direction, step))
        incoming = (task.of_output, *task.of_state)
        return sum(
            (value * g).sum() for value, g in zip((output, *states[-1]), incoming, strict=True)
        )

    of_inputs, of_state, of_parameters = backward(task, forward(task)[1])
    of_inputs = {name: g for name, g in of_inputs.items() if name not in task.marks}
    slope = sum((g * direction.inputs[name]).sum() for name, g in of_inputs.items())
    slope += sum((g * direction.parameters[name]).sum() for name, g in of_parameters.items())
    slope += sum((g * d).sum() for g, d in zip(of_state, direction.state, strict=True))
    assert slope == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-6, abs=1e-6)


@every_cell
def test_the_derived_gradients_of_every_cell_are_central_differences(name):
    _assert_slopes(cells.find(name)(), seed=2)


KINDS = [
    *[(name,) for name in SOURCES],
    *[(name, ("c",)) for name in (*UNARY, *PRODUCTS)],
    *[(name, ("c",), ("W_1",)) for name in BINARY],
    *[(name, ("alpha",), ("W_1",)) for name in BINARY],
]


@pytest.mark.parametrize("kind", KINDS, ids=" ".join(map(str, KINDS)).split(") ("))
def test_the_derived_gradients_of_every_kind_of_node_are_central_differences(kind):
    whole = Made(kind, kind, kind, kind)
    _assert_slopes(whole, seed=4, lowest=False, training=True)
    _assert_agreement(whole, seed=4, lowest=False, training=True)


def one_state_twice(self, p, x, h, c):
    new = tanh(p.W @ x + p.U @ c)
    return new, new


def delayed(self, p, x, h, c):
    return tanh(p.W @ x + p.U @ c), h


def exchanged(self, p, x, h, c):
    return c + p.W @ x, h


def input_only(self, p, x, h, c):
    return tanh(p.W @ x), p.V @ x


def no_input(self, p, x, h, c):
    return tanh(p.U @ h + p.b), c * p.v


def shared_matrix(self, p, x, h, c):
    return tanh(p.W @ x + p.U @ h + p.U @ tanh(p.U @ h) + p.b) + p.b * h, p.U.T @ (p.U @ c)


def stuck(self, p, x, h, c):
    return tanh(p.W @ x), c * p.b_c + 0 * h


def constant(self, p, x, h, c):
    return tanh(p.W @ x + c), 0 * c + 1.5


def clock(self, p, x, h, c, *, t):
    return tanh(p.W @ x + p.U @ (0 * c + t)), 0 * h + t + total(0 * c + t)


def named_as_the_input(self, p, x, h, c):
    return tanh(p.W @ either(0.5, x, 0.0, key="x")), either(0.5, h, c, key="h")


UNUSUAL = [
    *(one_state_twice, delayed, exchanged, input_only, no_input, shared_matrix),
    *(stuck, constant, clock, named_as_the_input),
]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("step", UNUSUAL, ids=lambda step: step.__name__)
def test_unusual_ways_of_passing_states_on_are_differentiated(step, bias):
    cell = written(step, ("h", "c"))
    _assert_agreement(cell, seed=3, bias=bias, training=True)
    _assert_slopes(cell, seed=3, bias=bias, training=True)


def test_an_input_used_as_several_leaves_has_one_gradient():
    def step(self, p, x, h, *, below):
        if below is None:
            return tanh(p.W @ x + match(p.V, x) * match(p.V, x) * h + x_alone(p, x))
        return tanh(p.W @ x + below.h * below.h + p.U @ below.h) * match(p.V, x)

    def x_alone(p, x):
        return total(p.g * x)

    for way in ({"square": True}, {"square": True, "lowest": False}, {"lowest": False}):
        _assert_agreement(written(step), seed=7, **way)
        _assert_slopes(written(step), seed=7, **way)
    graph = trace(written(step), square=True, lowest=False)
    assert set(differentiate(graph).inputs) == set(graph.inputs) == {"x", "below.h"}


def test_equal_values_share_a_gradient_as_in_torch():
    def step(self, p, x, h):
        kinks = maximum(h, 1 * h) + relu(0 * h) + abs(h - h) + where(equal(h, h), h, p.v)
        return tanh(p.W @ x) + kinks * sign(h) + maximum(units((0.0,)), 0 * h + p.b) * h

    for bias in (True, False):
        _assert_agreement(written(step), seed=8, bias=bias)


def test_an_output_apart_from_the_states_has_a_gradient_of_its_own():
    def step(self, p, x, h):
        new = tanh(p.W @ x + p.U @ h)
        return p.Y @ new, new

    graph = trace(written(step, output="y", widths={"Y": 3}))
    derivative = differentiate(graph)
    assert (derivative.output.name, derivative.output.width) == ("output", 3)
    assert derivative.matrices["Y"][0].left is derivative.output
    first = trace(written(lambda self, p, x, h: tanh(p.W @ x + p.U @ h)))
    assert differentiate(first).output is None


def gained(self, p, x, h):
    return tanh(p.W @ x + p.U @ (p.b_gain * h))


@pytest.mark.parametrize("bias", [True, False])
def test_a_bias_taken_as_zero_may_take_a_whole_product_with_it(bias):
    _assert_agreement(written(gained), seed=5, bias=bias)
    products = differentiate(trace(written(gained), bias=bias)).matrices["U"]
    assert len(products) == bias


def test_what_has_no_influence_has_gradient_zero():
    task = _problem(written(lambda self, p, x, h: sign(p.W @ x) * p.v), 4)
    _, states = forward(task)
    of_inputs, (of_h,), found = backward(task, states)
    assert not of_inputs["x"].any()
    assert not of_h.any()
    assert not found["W"].any()
    assert found["v"].any()


@every_way
@every_cell
def test_every_parameter_input_and_state_has_its_gradient(name, way):
    graph = trace(cells.find(name)(), **way)
    derivative = differentiate(graph)
    used = {n for matrix in graph.derived.values() for n in matrix.parameters(Shape("H", "H"))}
    matrices = {n for n, shape in graph.parameters.items() if shape.is_matrix}
    assert set(derivative.vectors) == set(graph.parameters) - matrices
    assert set(derivative.matrices) - set(graph.derived) <= matrices
    assert matrices <= set(derivative.matrices) | used
    assert set(graph.derived) <= set(derivative.matrices)
    assert list(derivative.states) == list(derivative.updates) == list(graph.states)
    assert list(derivative.inputs) == list(graph.inputs)


def test_gates_change_nothing():
    def bare(self, p, x, h):
        return tanh(p.W @ x + p.U @ h)

    def named(self, p, x, h):
        return gate("new", bare(self, p, x, h))

    results = [_by_hand(_problem(written(step), 9)) for step in (bare, named)]
    for one, other in zip(*results, strict=True):
        np.testing.assert_array_equal(one, other)
