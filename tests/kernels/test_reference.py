import numpy as np
import pytest
import torch

from recurra import cells
from recurra.kernels import reference
from recurra.language import Cell, schedule, sigmoid, tanh, trace

INPUTS, UNITS = 3, 5


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _lstm_by_hand(p, x, h, c):
    """Zaremba et al. 2014, section 3.1, a step at a time."""
    outputs = []
    for row in x:
        i, f, o = (_sigmoid(row @ p[f"W_{k}"].T + h @ p[f"U_{k}"].T + p[f"b_{k}"]) for k in "ifo")
        g = np.tanh(row @ p["W_g"].T + h @ p["U_g"].T + p["b_g"])
        c = f * c + i * g
        h = o * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs), h, c


def _problem(cell, steps, rows, seed=0, bias=True):
    """A schedule, and parameters, input and state for it, drawn at random."""
    draw = np.random.default_rng(seed)
    graph = trace(cell, bias=bias)
    widths = {"H": UNITS, "I": INPUTS}
    parameters = {
        name: torch.tensor(draw.normal(size=[widths[w] for w in (s.rows, s.columns) if w]))
        for name, s in graph.parameters.items()
    }
    state = tuple(torch.tensor(draw.normal(size=(rows, UNITS))) for _ in graph.states)
    return schedule(graph), parameters, torch.tensor(draw.normal(size=(steps, rows, INPUTS))), state


@pytest.mark.parametrize(("steps", "rows"), [(1, 1), (1, 4), (7, 1), (7, 4), (63, 3)])
def test_lstm_agrees_with_a_loop_written_by_hand(steps, rows):
    plan, parameters, x, state = _problem(cells.LSTM(), steps, rows)
    output, after = reference.run(plan, parameters, x, state)
    numbers = {name: value.numpy() for name, value in parameters.items()}
    wanted = _lstm_by_hand(numbers, x.numpy(), *(part.numpy() for part in state))
    assert output.shape == (steps, rows, UNITS)
    for found, right in zip((output, *after), wanted, strict=True):
        np.testing.assert_allclose(found.numpy(), right, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", cells.names())
def test_the_result_does_not_depend_on_whether_gradients_are_recorded(name):
    plan, parameters, x, state = _problem(cells.find(name)(), 6, 2)
    for parameter in parameters.values():
        parameter.requires_grad_()
    recorded, _ = reference.run(plan, parameters, x, state)
    with torch.no_grad():
        bare, _ = reference.run(plan, parameters, x, state)
    with torch.inference_mode():
        inferred, _ = reference.run(plan, parameters, x, state)
    assert recorded.requires_grad
    assert not bare.requires_grad
    assert torch.equal(recorded, bare)
    assert torch.equal(recorded, inferred)


def test_nothing_that_was_given_is_changed():
    plan, parameters, x, state = _problem(cells.LSTM(), 4, 2)
    before = [part.clone() for part in (x, *state, *parameters.values())]
    reference.run(plan, parameters, x, state)
    assert all(map(torch.equal, before, (x, *state, *parameters.values())))


class Leaky(Cell):
    """A rate a unit, the same at every step: sigmoid(p.rate)."""

    states = ("h",)

    def step(self, p, x, h):
        rate = sigmoid(p.b_rate)
        return rate * h + (1 - rate) * tanh(p.W @ x + p.U @ h + tanh(p.v))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("steps", [1, UNITS - 2, UNITS, UNITS + 2])
def test_a_function_of_parameters_alone_is_the_same_at_every_step(steps, bias):
    plan, parameters, x, (h,) = _problem(Leaky(), steps, 2, bias=bias)
    output, _ = reference.run(plan, parameters, x, (h,))
    p = {name: value.numpy() for name, value in parameters.items()}
    h, rate = h.numpy(), _sigmoid(p.get("b_rate", np.zeros(UNITS)))
    for row, found in zip(x.numpy(), output.numpy(), strict=True):
        h = rate * h + (1 - rate) * np.tanh(row @ p["W"].T + h @ p["U"].T + np.tanh(p["v"]))
        np.testing.assert_allclose(found, h, rtol=1e-12)


class DeepInput(Cell):
    """Products on products of the input, with the input also used unit by unit."""

    states = ("h",)

    def step(self, p, x, h):
        return tanh(p.V @ sigmoid(p.W @ (x * x) + p.b) + p.R @ (p.S @ x) + p.U @ h)


def test_products_on_products_of_the_input_are_computed():
    plan, parameters, x, (h,) = _problem(DeepInput(), 4, 2)
    output, _ = reference.run(plan, parameters, x, (h,))
    p = {name: value.numpy() for name, value in parameters.items()}
    h = h.numpy()
    for row, found in zip(x.numpy(), output.numpy(), strict=True):
        below = _sigmoid((row * row) @ p["W"].T + p["b"]) @ p["V"].T
        h = np.tanh(below + row @ p["S"].T @ p["R"].T + h @ p["U"].T)
        np.testing.assert_allclose(found, h, rtol=1e-12)


class InputOnly(Cell):
    states = ("h", "c")

    def step(self, p, x, h, c):
        return p.W @ x, tanh(p.W @ x)


def test_a_cell_without_memory_gives_each_steps_own_values():
    plan, parameters, x, state = _problem(InputOnly(), 4, 2)
    output, after = reference.run(plan, parameters, x, state)
    right = x.numpy() @ parameters["W"].numpy().T
    np.testing.assert_allclose(output.numpy(), right, rtol=1e-12)
    np.testing.assert_allclose(after[1].numpy(), np.tanh(right[-1]), rtol=1e-12)


def test_it_says_what_it_is_called():
    assert reference.NAME == "reference"
