import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_cells import cells as made_cells
from numpy_step import backward, forward

from recurra import cells
from recurra.kernels import reference
from recurra.language import Cell, differentiate, schedule, sign, tanh, trace

T, B, H = 3, 2, 3
WIDTHS = {"H": H, "I": 2}


def _problem(graph, seed):
    """Parameters, input, first state and the gradients that come in, all drawn at random."""
    draw = np.random.default_rng(seed)
    parameters = {
        name: draw.normal(size=[WIDTHS[w] for w in (shape.rows, shape.columns) if w]) / 2
        for name, shape in graph.parameters.items()
    }
    state = tuple(draw.normal(size=(B, H)) for _ in graph.states)
    incoming = [draw.normal(size=(B, H)) for _ in graph.states]
    x = draw.normal(size=(T, B, WIDTHS["I"]))
    return parameters, x, state, [draw.normal(size=(T, B, H)), *incoming]


def _by_torch(graph, parameters, x, state, incoming):
    """Output, last states and gradients by torch's own differentiation of the reference."""
    parameters = {name: torch.tensor(v, requires_grad=True) for name, v in parameters.items()}
    x = torch.tensor(x, requires_grad=True)
    state = tuple(torch.tensor(part, requires_grad=True) for part in state)
    output, after = reference.run(schedule(graph), parameters, x, state)
    wanted = (x, *state, *parameters.values())
    incoming = [torch.tensor(g) for g in incoming]
    found = torch.autograd.grad((output, *after), wanted, incoming, materialize_grads=True)
    return [part.detach().numpy() for part in (output, *after, *found)]


def _by_hand(graph, parameters, x, state, incoming):
    """The same by the derived equations."""
    output, states = forward(graph, parameters, x, state)
    of_x, before, of_parameters = backward(graph, parameters, x, states, incoming)
    return [output, *states[-1], of_x, *before, *of_parameters.values()]


def _assert_agreement(cell, seed, bias=True):
    graph = trace(cell, bias=bias)
    problem = _problem(graph, seed)
    for mine, theirs in zip(_by_hand(graph, *problem), _by_torch(graph, *problem), strict=True):
        scale = max(1.0, np.abs(theirs).max())
        np.testing.assert_allclose(mine / scale, theirs / scale, rtol=0, atol=1e-12)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", cells.names())
def test_the_derived_gradients_of_every_cell_are_those_of_torch(name, bias):
    _assert_agreement(cells.find(name)(), seed=1, bias=bias)


@settings(max_examples=60, deadline=None)
@given(made_cells, st.integers(0, 99))
def test_the_derived_gradients_of_any_cell_are_those_of_torch(cell, seed):
    _assert_agreement(cell, seed)


def _assert_slopes(cell, seed):
    """Along a random direction in everything, the loss changes as the gradients say."""
    graph = trace(cell)
    parameters, x, state, incoming = _problem(graph, seed)
    direction = _problem(graph, seed + 1000)[:3]

    def loss(step):
        moved = {n: v + step * direction[0][n] for n, v in parameters.items()}
        first = tuple(s + step * d for s, d in zip(state, direction[2], strict=True))
        output, states = forward(graph, moved, x + step * direction[1], first)
        after = (output, *states[-1])
        return sum((value * g).sum() for value, g in zip(after, incoming, strict=True))

    found = _by_hand(graph, parameters, x, state, incoming)[1 + len(state) :]
    along = (direction[1], *direction[2], *direction[0].values())
    slope = sum((g * d).sum() for g, d in zip(found, along, strict=True))
    assert slope == pytest.approx((loss(1e-5) - loss(-1e-5)) / 2e-5, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", cells.names())
def test_the_derived_gradients_of_every_cell_are_central_differences(name):
    _assert_slopes(cells.find(name)(), seed=2)


class OneStateTwice(Cell):
    states = ("h", "c")

    def step(self, p, x, h, c):
        new = tanh(p.W @ x + p.U @ c)
        return new, new


class Delayed(Cell):
    states = ("h", "c")

    def step(self, p, x, h, c):
        return tanh(p.W @ x + p.U @ c), h


class InputOnly(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x)


class SharedMatrix(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ h + p.U @ tanh(p.U @ h) + p.b) + p.b * h


@pytest.mark.parametrize(
    "cell",
    [OneStateTwice(), Delayed(), InputOnly(), SharedMatrix()],
    ids=lambda c: type(c).__name__,
)
def test_unusual_ways_of_passing_states_on_are_differentiated(cell):
    _assert_agreement(cell, seed=3)
    _assert_slopes(cell, seed=3)


class Gain(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.W @ x + p.U @ (p.b_gain * h))


@pytest.mark.parametrize("bias", [True, False])
def test_a_bias_taken_as_zero_may_take_a_whole_product_with_it(bias):
    _assert_agreement(Gain(), seed=5, bias=bias)
    products = differentiate(trace(Gain(), bias=bias)).matrices["U"]
    assert len(products) == bias


class Flat(Cell):
    states = ("h",)

    def step(self, p, x, h):
        return sign(p.W @ x) * p.v


def test_what_has_no_influence_has_gradient_zero():
    graph = trace(Flat())
    parameters, x, state, incoming = _problem(graph, 4)
    _, states = forward(graph, parameters, x, state)
    of_x, before, found = backward(graph, parameters, x, states, incoming)
    assert not of_x.any()
    assert not before[0].any()
    assert not found["W"].any()
    assert found["v"].any()


@pytest.mark.parametrize("name", cells.names())
def test_every_parameter_and_state_has_its_gradient(name):
    graph = trace(cells.find(name)())
    derivative = differentiate(graph)
    assert set(derivative.vectors) | set(derivative.matrices) == set(graph.parameters)
    assert list(derivative.states) == list(derivative.updates) == list(graph.states)
    assert {n for n, s in graph.parameters.items() if s.is_matrix} == set(derivative.matrices)
