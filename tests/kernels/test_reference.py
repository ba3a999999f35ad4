from dataclasses import replace

import numpy as np
import pytest
import torch
from kernel_tasks import SIZES, UNITS, part, recorded, stream, task, written

from recurra import cells
from recurra.kernels import reference
from recurra.kernels.derived import with_derived
from recurra.kernels.philox import uniform
from recurra.kernels.task import Task
from recurra.language import (
    either,
    match,
    maximum,
    normalised,
    previous,
    relu,
    schedule,
    sigmoid,
    tanh,
    total,
    trace,
    units,
    where,
)

CHANCY = cells.Zoneout(cells.VariationalDropout(cells.LSTM(), 0.3), 0.4)
UPPER = {"lowest": False, "training": True}


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _numbers(whole):
    return (
        {name: value.numpy() for name, value in whole.parameters.items()},
        {name: value.numpy() for name, value in whole.inputs.items()},
        [state.numpy() for state in whole.state],
    )


def _close(found, wanted, tolerance=1e-12):
    torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


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


@pytest.mark.parametrize(("steps", "rows"), [(1, 1), (1, 4), (7, 1), (7, 4), (63, 3)])
def test_lstm_agrees_with_a_loop_written_by_hand(steps, rows):
    whole = task(cells.LSTM(), steps, rows)
    result = reference.run(whole)
    parameters, inputs, state = _numbers(whole)
    wanted = _lstm_by_hand(parameters, inputs["x"], *state)
    assert result.output.shape == (steps, rows, UNITS)
    assert result.every is None
    for found, right in zip((result.output, *result.last), wanted, strict=True):
        np.testing.assert_allclose(found.numpy(), right, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", cells.names())
def test_the_result_does_not_depend_on_whether_gradients_are_recorded(name):
    marked, _ = recorded(task(cells.find(name)(), 6, 2, ways={"lowest": False}))
    result = reference.run(marked).output
    with torch.no_grad():
        bare = reference.run(marked).output
    with torch.inference_mode():
        inferred = reference.run(marked).output
    assert result.requires_grad
    assert not bare.requires_grad
    assert torch.equal(result, bare)
    assert torch.equal(result, inferred)


def test_nothing_that_was_given_is_changed():
    lengths, reset = torch.tensor([4, 2, 0]), torch.zeros(4, 3, dtype=torch.bool)
    reset[2, 0] = True
    whole = task(CHANCY, 4, 3, ways=UPPER, lengths=lengths, reset=reset, every=True)

    def given():
        return [
            *whole.inputs.values(),
            *whole.parameters.values(),
            *whole.state,
            lengths,
            reset,
            whole.stream.rows,
            whole.stream.steps,
        ]

    before = [tensor.clone() for tensor in given()]
    reference.run(whole)
    assert all(map(torch.equal, before, given()))


def leaky(self, p, x, h):
    """A rate a unit, the same at every step: sigmoid(p.rate)."""
    rate = sigmoid(p.b_rate)
    return rate * h + (1 - rate) * tanh(p.W @ x + p.U @ h + tanh(p.v))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("steps", [1, UNITS - 2, UNITS, UNITS + 2])
def test_a_function_of_parameters_alone_is_the_same_at_every_step(steps, bias):
    whole = task(written(leaky), steps, 2, ways={"bias": bias})
    p, inputs, (h,) = _numbers(whole)
    rate = _sigmoid(p.get("b_rate", np.zeros(UNITS)))
    for row, found in zip(inputs["x"], reference.run(whole).output.numpy(), strict=True):
        h = rate * h + (1 - rate) * np.tanh(row @ p["W"].T + h @ p["U"].T + np.tanh(p["v"]))
        np.testing.assert_allclose(found, h, rtol=1e-12)


def deep_input(self, p, x, h):
    """Products on products of the input, with the input also used unit by unit."""
    return tanh(p.V @ sigmoid(p.W @ (x * x) + p.b) + p.R @ (p.S @ x) + p.U @ h)


def test_products_on_products_of_the_input_are_computed():
    whole = task(written(deep_input), 4, 2)
    p, inputs, (h,) = _numbers(whole)
    for row, found in zip(inputs["x"], reference.run(whole).output.numpy(), strict=True):
        below = _sigmoid((row * row) @ p["W"].T + p["b"]) @ p["V"].T
        h = np.tanh(below + row @ p["S"].T @ p["R"].T + h @ p["U"].T)
        np.testing.assert_allclose(found, h, rtol=1e-12)


def test_a_cell_without_memory_gives_each_steps_own_values():
    whole = task(written(lambda self, p, x, h, c: (p.W @ x, tanh(p.W @ x)), ("h", "c")), 4, 2)
    result = reference.run(whole)
    right = whole.inputs["x"] @ whole.parameters["W"].T
    _close(result.output, right)
    _close(result.last[1], right[-1].tanh())


def everything(self, p, x, h, s, *, t, dt, missing, below):
    """All that a step may ask for, and an output apart."""
    s = sigmoid(p.a) * s + p.S @ (x * (1 - missing) + units((0.5,), "I") * missing)
    seen = p.W @ previous(x) + p.V @ s + where(t % 2 == 0, below.h, 0) + match(p.M, x)
    h = tanh(seen + p.U.block_diagonal(2) @ h / (1 + dt) + total(s) * units((1, -1)))
    return p.Y @ h, h, s


def test_everything_that_a_step_may_use_agrees_with_a_loop_written_by_hand():
    cell = written(everything, ("h", "s"), output="y", widths={"s": 2, "S": 2, "a": 1, "Y": 5})
    whole = task(cell, 5, 2, ways={"lowest": False})
    result = reference.run(whole)
    p, inputs, (h, s) = _numbers(whole)
    blocks = np.zeros((UNITS, UNITS))
    blocks[:2, :2], blocks[2:, 2:] = p["U"][:2], p["U"][2:]
    for t in range(5):
        now = {name: values[t] for name, values in inputs.items()}
        x, marks = now["x"], now["missing"]
        s = _sigmoid(p["a"]) * s + (x * (1 - marks) + 0.5 * marks) @ p["S"].T
        seen = now["x_1"] @ p["W"].T + s @ p["V"].T + x @ p["M"].T + now["below.h"] * (t % 2 == 0)
        h = np.tanh(
            seen + h @ blocks.T / (1 + now["dt"]) + s.sum(-1, keepdims=True) * [1, 1, -1, -1]
        )
        np.testing.assert_allclose(result.output[t], h @ p["Y"].T, rtol=1e-12)
    np.testing.assert_allclose(result.last[0], h, rtol=1e-12)
    np.testing.assert_allclose(result.last[1], s, rtol=1e-12)


def test_a_state_that_came_to_one_number_is_one_for_each_row():
    def step(self, p, x, *states, t):
        h, c, _ = states
        return tanh(p.W @ x + c), p.b_c * h + t, h * 0 + 1.5

    whole = task(written(step, ("h", "c", "d")), 3, 2, ways={"bias": False}, every=True)
    result = reference.run(whole)
    _close(result.last[1], torch.full((2, UNITS), 2.0, dtype=torch.float64))
    _close(result.last[2], torch.full((2, UNITS), 1.5, dtype=torch.float64))
    _close(result.every[1][1], torch.ones(2, UNITS, dtype=torch.float64))
    _close(result.output[1], (whole.inputs["x"][1] @ whole.parameters["W"].T).tanh())


def test_products_with_what_came_to_be_the_same_at_all_steps_are_added():
    def one(self, p, x, h):
        return tanh(p.U @ h + p.W @ (0 * x + p.v))

    def two(self, p, x, h):
        return tanh(p.U @ h + p.W @ (0 * x + p.v) + p.V @ (0 * x + 2))

    for step in (one, two):
        whole = task(written(step), 3, 2)
        p, _, (h,) = _numbers(whole)
        addend = p["W"] @ p["v"] + (2 * p["V"].sum(1) if "V" in p else 0)
        for found in reference.run(whole).output.numpy():
            h = np.tanh(h @ p["U"].T + addend)
            np.testing.assert_allclose(found, h, rtol=1e-12)


CELLS = {
    "lstm": (cells.LSTM(), {}),
    "gru": (cells.GRU(), {}),
    "scrn": (cells.SCRN(context=2), {}),
    "by chance": (CHANCY, {"training": True}),
    "depth-gated": (cells.DepthGatedLSTM(), {"lowest": False}),
    "normalised": (cells.LayerNorm(cells.LSTM()), {}),
    "no memory": (written(lambda self, p, x, h: tanh(p.W @ x)), {}),
}
every_kind = pytest.mark.parametrize(("cell", "ways"), CELLS.values(), ids=CELLS)


@every_kind
def test_each_row_ends_with_its_length(cell, ways):
    lengths = torch.tensor([5, 0, 3, 1])
    whole = task(cell, 5, 4, ways=ways, lengths=lengths, every=True)
    result = reference.run(whole)
    for row, length in enumerate(lengths.tolist()):
        here = slice(row, row + 1)
        assert not result.output[length:, row].any()
        assert not any(states[length:, row].any() for states in result.every)
        if length == 0:
            alone = whole.state
            _close([last[here] for last in result.last], [state[here] for state in alone], 0)
            continue
        alone = reference.run(replace(part(whole, slice(length), here), lengths=None))
        _close(result.output[:length, here], alone.output)
        _close([last[here] for last in result.last], list(alone.last))
        _close([states[:length, here] for states in result.every], list(alone.every))


@every_kind
def test_what_lies_behind_a_rows_end_has_no_influence(cell, ways):
    lengths = torch.tensor([2, 4])
    whole = task(cell, 4, 2, ways=ways, lengths=lengths, every=True)
    spoilt = {name: values.clone() for name, values in whole.inputs.items()}
    for values in spoilt.values():
        values[2:, 0] = torch.nan
    wanted, found = reference.run(whole), reference.run(replace(whole, inputs=spoilt))
    _close(
        (found.output, *found.last, *found.every), (wanted.output, *wanted.last, *wanted.every), 0
    )
    marked, (x, *_) = recorded(whole)
    result = reference.run(marked)
    loss = result.output.sum() + sum(last.sum() for last in result.last)
    (gradient,) = torch.autograd.grad(loss, x)
    assert not gradient[2:, 0].any()
    assert gradient[:2, 0].any()


@every_kind
def test_a_row_starts_afresh_where_it_is_told(cell, ways):
    reset = torch.zeros(6, 2, dtype=torch.bool)
    reset[3, 0] = reset[0, 1] = reset[5, 1] = True
    whole = task(cell, 6, 2, ways=ways, reset=reset, every=True)
    result = reference.run(whole)
    zeros = tuple(torch.zeros_like(state) for state in whole.state)
    pieces = {0: [(0, 3, whole.state), (3, 6, zeros)], 1: [(0, 5, zeros), (5, 6, zeros)]}
    for row, parts in pieces.items():
        here = slice(row, row + 1)
        for start, end, state in parts:
            piece = replace(part(whole, slice(start, end), here, state), reset=None)
            alone = reference.run(piece)
            _close(result.output[start:end, here], alone.output)
            _close([states[start:end, here] for states in result.every], list(alone.every))
        _close([last[here] for last in result.last], list(alone.last))


def test_no_gradient_passes_where_a_row_starts_afresh():
    reset = torch.zeros(4, 2, dtype=torch.bool)
    reset[2, 0] = True
    marked, (x, *_, c) = recorded(task(cells.LSTM(), 4, 2, reset=reset))
    gradients = torch.autograd.grad(reference.run(marked).output[2:].sum(), (x, c))
    for gradient in (gradients[0][:2], gradients[1].unsqueeze(0)):
        assert not gradient[:, 0].any()
        assert gradient[:, 1].all()


@every_kind
def test_the_states_after_every_step_are_those_of_shorter_runs(cell, ways):
    whole = task(cell, 4, 3, ways=ways, every=True)
    result = reference.run(whole)
    for steps in range(1, 5):
        shorter = reference.run(replace(part(whole, slice(steps)), every=False))
        _close([states[steps - 1] for states in result.every], list(shorter.last))
        _close(result.output[:steps], shorter.output)


@every_kind
@pytest.mark.parametrize("cut", [1, 3])
def test_steps_may_be_taken_in_two_calls(cell, ways, cut):
    whole = task(cell, 4, 3, ways=ways)
    result = reference.run(whole)
    before = reference.run(part(whole, slice(cut)))
    after = reference.run(part(whole, slice(cut, None), state=before.last))
    _close(torch.cat([before.output, after.output]), result.output)
    _close(after.last, result.last)


@every_kind
def test_rows_may_be_taken_apart(cell, ways):
    whole = task(cell, 4, 3, ways=ways)
    result = reference.run(whole)
    for row in range(3):
        here = slice(row, row + 1)
        alone = reference.run(part(whole, rows=here))
        _close(alone.output, result.output[:, here])
        _close(alone.last, tuple(last[here] for last in result.last))


def _gradients(result, wanted):
    """Of a loss in which each number of the result has a weight of its own."""
    values = (result.output, *result.last)
    weights = [torch.linspace(-1, 2, value.numel(), dtype=value.dtype) for value in values]
    loss = sum((v.flatten() * w).sum() for v, w in zip(values, weights, strict=True))
    return torch.autograd.grad(loss, wanted, materialize_grads=True, allow_unused=True)


def _cut_by_hand(marked, every):
    """Runs of so many steps, with the states detached in between."""
    steps = len(marked.inputs["x"])
    outputs, state = [], marked.state
    for start in range(0, steps, every):
        piece = replace(part(marked, slice(start, start + every), state=state), truncate=None)
        result = reference.run(piece)
        outputs.append(result.output)
        last, state = result.last, tuple(s.detach() for s in result.last)
    return replace(result, output=torch.cat(outputs), last=last)


@every_kind
@pytest.mark.parametrize("every", [1, 2, 3, 5, 6, 9])
def test_the_gradient_is_cut_where_states_detached_by_hand_cut_it(cell, ways, every):
    marked, wanted = recorded(task(cell, 6, 2, ways=ways, truncate=every))
    result, by_hand = reference.run(marked), _cut_by_hand(marked, every)
    _close((result.output, *result.last), (by_hand.output, *by_hand.last))
    _close(_gradients(result, wanted), _gradients(by_hand, wanted))


def test_cutting_the_gradient_changes_it_but_no_value():
    marked, wanted = recorded(task(cells.LSTM(), 6, 2))
    whole, cut = reference.run(marked), reference.run(replace(marked, truncate=3))
    assert torch.equal(whole.output, cut.output)
    pairs = zip(_gradients(whole, wanted), _gradients(cut, wanted), strict=True)
    assert all((one - other).abs().max() > 1e-6 for one, other in pairs)


def test_a_cut_gradient_of_rows_that_end_and_start_afresh_is_that_of_each_alone():
    reset = torch.zeros(5, 3, dtype=torch.bool)
    reset[2, 1] = True
    lengths = torch.tensor([5, 5, 3])
    marked, wanted = recorded(task(cells.GRU(), 5, 3, reset=reset, lengths=lengths, truncate=2))
    result, by_hand = reference.run(marked), _cut_by_hand(replace(marked, lengths=None), 2)
    x = wanted[0]
    for row in (0, 1):
        losses = [found.output[:, row].sum() for found in (result, by_hand)]
        _close(*[torch.autograd.grad(loss, x, retain_graph=True)[0] for loss in losses])
    (found,) = torch.autograd.grad(result.output[:, 2].sum(), x, retain_graph=True)
    (right,) = torch.autograd.grad(by_hand.output[:3, 2].sum(), x)
    _close(found, right)


def chancy(self, p, x, h):
    step = either(0.4, h, tanh(p.W @ x), key="step")
    return step + either(0.5, 1.0, p.v, key="sequence", per="sequence") * h


def test_the_numbers_drawn_are_those_of_the_stream_key_and_period():
    whole = task(written(chancy), 3, 2, ways={"training": True})
    step = uniform(whole.stream, "step", UNITS, per="step", dtype=torch.float64)
    once = uniform(whole.stream, "sequence", UNITS, per="sequence", dtype=torch.float64)
    p, (h,) = whole.parameters, whole.state
    for t, found in enumerate(reference.run(whole).output):
        new = (whole.inputs["x"][t] @ p["W"].T).tanh()
        h = torch.where(step[t] < 0.4, h, new) + torch.where(once[t] < 0.5, 1.0, p["v"]) * h
        _close(found, h)


def test_another_seed_place_or_row_draws_other_numbers():
    whole = task(CHANCY, 4, 3, ways=UPPER)
    output = reference.run(whole).output
    assert torch.equal(reference.run(replace(whole, stream=stream(4, 3))).output, output)
    for change in ({"seed": 12}, {"place": 1}, {"first_row": 3}, {"first_step": 4}):
        changed = replace(whole, stream=stream(4, 3, **change))
        assert not torch.equal(reference.run(changed).output, output)


def test_in_evaluation_no_stream_is_needed():
    whole = task(CHANCY, 4, 3)
    assert whole.stream is None
    assert reference.run(whole).output.isfinite().all()


def smooth(self, p, x, h, *, dt):
    mixed = normalised(p.W @ x + p.U.T @ h * p.s + maximum(h, 0.3 * h))
    return tanh(mixed) * sigmoid(dt) + (p.V.block_upper(2) - p.V.T) @ h


def test_first_and_second_derivatives_are_right():
    whole = task(written(smooth, widths={"s": 1}), 2, 1)
    graph = trace(written(smooth, widths={"s": 1}))
    names = list(graph.parameters)

    def run(x, dt, h, *values):
        parameters = dict(zip(names, values, strict=True))
        result = reference.run(
            replace(
                whole,
                inputs={"x": x, "dt": dt},
                parameters=with_derived(parameters, graph.derived),
                state=(h,),
            )
        )
        return result.output, *result.last

    given = [whole.inputs["x"], whole.inputs["dt"], *whole.state]
    given += [whole.parameters[name] for name in names]
    given = [value.clone().requires_grad_() for value in given]
    assert torch.autograd.gradcheck(run, given)
    assert torch.autograd.gradgradcheck(run, given)


def _as(whole, dtype):
    return replace(
        whole,
        inputs={name: values.to(dtype) for name, values in whole.inputs.items()},
        parameters={name: values.to(dtype) for name, values in whole.parameters.items()},
        state=tuple(state.to(dtype) for state in whole.state),
    )


@every_kind
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float16, 0.02), (torch.bfloat16, 0.15)]
)
def test_any_floating_type_is_kept(cell, ways, dtype, tolerance):
    if ways.get("training"):
        # Chances differ where a number lies between two that the type can tell apart.
        ways = {}
    lengths = torch.tensor([4, 2])
    whole = task(cell, 4, 2, ways=ways, lengths=lengths, every=True)
    result, exact = reference.run(_as(whole, dtype)), reference.run(whole)
    found, wanted = ((r.output, *r.last, *r.every) for r in (result, exact))
    assert {tensor.dtype for tensor in found} == {dtype}
    _close([tensor.double() for tensor in found], list(wanted), tolerance)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_chance_is_as_likely_in_half_precision(dtype):
    def step(self, p, x, h):
        return either(0.25, 1.0, 0 * h + 0 * (p.W @ x), key="any")

    whole = task(written(step), 50, 40, ways={"training": True})
    taken = reference.run(_as(whole, dtype)).output.double().mean()
    assert taken == pytest.approx(0.25, abs=0.02)


def test_relu_of_infinite_values_does_not_spread_to_other_rows():
    whole = task(written(lambda self, p, x, h: relu(p.W @ x + p.U @ h)), 3, 2)
    spoilt = whole.inputs["x"].clone()
    spoilt[0, 0] = torch.inf
    result = reference.run(replace(whole, inputs={"x": spoilt}))
    _close(result.output[:, 1], reference.run(whole).output[:, 1], 0)


def test_it_says_what_it_is_called():
    assert reference.NAME == "reference"


def test_a_task_asks_for_nothing_by_itself():
    plain = Task(schedule(trace(cells.LSTM())), {}, SIZES, {}, ())
    assert (plain.lengths, plain.reset, plain.stream, plain.truncate) == (None,) * 4
    assert plain.every is False
