"""A layer run step by step, against the same layer on the whole sequence."""

import copy
import tracemalloc
import warnings
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import nn

from recurra import LSTM, Recurrent, use_kernel
from recurra.cells import GRU, Zoneout, names
from recurra.errors import OptionError, ShapeError
from recurra.language import Cell, previous, tanh
from recurra.layers import streaming

T, INPUTS, H = 6, 4, 8
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-12}
APART = {
    "dilation": {"dilation": 2},
    "residual": {"residual": True, "hidden_size": INPUTS},
}


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(5)


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    monkeypatch.setattr(streaming, "_said", set())


@dataclass(frozen=True)
class Timely(Cell):
    """Asks for all that can be told of a step."""

    states = ("h",)
    inputs = ("t", "dt", "missing")

    def step(self, p, x, h, *, t, dt, missing):
        return tanh(p.W @ x + p.U @ h + p.V @ missing + p.w * dt + p.v * t)


def _layer(cell="lstm", hidden_size=H, num_layers=2, **options):
    return Recurrent(cell, INPUTS, hidden_size, num_layers, **options)


def _stepper(layer, *arguments, **options):
    """A stepper, however slow it may be."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return layer.stepper(*arguments, **options)


def _steps(stepper, x, **told):
    """The outputs of all steps, copied."""
    parts = [{name: values[n] for name, values in told.items()} for n in range(len(x))]
    return torch.stack(
        [stepper.step(one, **part).clone() for one, part in zip(x, parts, strict=True)]
    )


def _flat(state):
    return [state] if isinstance(state, torch.Tensor) else [p for one in state for p in _flat(one)]


def _close(found, wanted, dtype=torch.float32):
    close = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    for one, other in zip(_flat(found), _flat(wanted), strict=True):
        torch.testing.assert_close(one, other, **close)


@torch.no_grad()
def _whole(layer, x, state=None, **told):
    was = layer.training
    found = layer.eval()(x, state, **told)
    layer.train(was)
    return found


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("name", names())
def test_the_steps_of_every_cell_are_those_of_the_whole(name, dtype):
    layer = _layer(name, dtype=dtype)
    head = nn.Linear(layer.output_size, 3, dtype=dtype)
    for rows in (1, 5):
        x = torch.randn(T, rows, INPUTS, dtype=dtype)
        output, state = _whole(layer, x)
        plain, headed = _stepper(layer, rows), _stepper(layer, rows, head=head)
        _close(_steps(plain, x), output, dtype)
        _close(_steps(headed, x), head(output).detach(), dtype)
        _close(plain.state, state, dtype)
        _close(headed.state, state, dtype)


@pytest.mark.parametrize("cell", [Timely(), "gru_d"], ids=["timely", "gru_d"])
def test_time_and_gaps_are_told_step_by_step(cell):
    x, dt, missing = torch.randn(T, 3, INPUTS), torch.rand(T, 3) * 2, torch.rand(T, 3, INPUTS) < 0.4
    layer = _layer(cell)
    stepper = layer.stepper(3)
    unknown = torch.where(missing, torch.nan, x)
    wanted, _ = _whole(layer, x, dt=dt, missing=missing)
    _close(_steps(stepper, unknown, dt=dt, missing=missing), wanted)
    stepper.reset()
    # What was told of one step does not hold for the next.
    _close(_steps(stepper, x), _whole(layer, x)[0])
    stepper.reset()
    arrays = [(one.numpy(), gaps.numpy()) for one, gaps in zip(x, missing, strict=True)]
    found = [stepper.step(one, dt=0.5, missing=gaps).copy() for one, gaps in arrays]
    wanted, _ = _whole(layer, x, dt=torch.full((T, 3), 0.5), missing=missing)
    _close(torch.tensor(np.stack(found)), wanted)


@dataclass(frozen=True)
class Late(Timely):
    """Asks for the input before, too, so that its layer is called anew at every step."""

    def step(self, p, x, h, *, t, dt, missing):
        return tanh(p.R @ previous(x)) + super().step(p, x, h, t=t, dt=dt, missing=missing)


def test_a_slow_stepper_is_told_the_same():
    x, dt, missing = torch.randn(T, 3, INPUTS), torch.rand(T, 3) * 2, torch.rand(T, 3, INPUTS) < 0.4
    layer = _layer(Late(), batch_first=True)
    stepper = _stepper(layer, 3)
    told = {"dt": dt, "missing": missing}
    beside = {name: values.transpose(0, 1) for name, values in told.items()}
    wanted, state = _whole(layer, x.transpose(0, 1), **beside)
    _close(_steps(stepper, x, **told), wanted.transpose(0, 1))
    _close(stepper.state, state)


@pytest.mark.parametrize("options", APART.values(), ids=APART)
@pytest.mark.parametrize("rows", [1, 3])
def test_what_comes_between_layers_or_steps_is_run_by_the_layer(options, rows):
    layer, x = _layer(**options), torch.randn(T, rows, INPUTS)
    with pytest.warns(UserWarning, match="calls the layer, which is slower: "):
        stepper = layer.stepper(rows)
    layer.stepper(rows)  # It is said once.
    output, state = _whole(layer, x)
    first = stepper.step(x[0])
    _close(first, output[0])
    for one, wanted in zip(x[1:], output[1:], strict=True):
        assert stepper.step(one) is first
        _close(first, wanted)
    _close(stepper.state, state)
    stepper.reset()
    _close(torch.tensor(stepper.step(x[0].numpy())), output[0])


def test_the_reference_steps_without_a_word_where_it_was_asked_for():
    layer, x = _layer(), torch.randn(T, 2, INPUTS)
    with use_kernel("reference"):
        stepper = layer.stepper(2)
        _close(_steps(stepper, x), _whole(layer, x)[0])


def test_another_type_of_number_is_run_by_the_layer():
    layer, x = _layer(dtype=torch.bfloat16), torch.randn(T, 1, INPUTS).bfloat16()
    with pytest.warns(UserWarning, match="bfloat16 are not compiled"):
        stepper = layer.stepper()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        wanted, _ = _whole(layer, x)
    assert torch.equal(_steps(stepper, x), wanted)


def test_the_equations_are_those_of_evaluation_in_training_too():
    layer, x = _layer(Zoneout(GRU(), 0.5), dropout=0.5).train(), torch.randn(T, 2, INPUTS)
    stepper = layer.stepper(2)
    assert layer.training
    output, state = _whole(layer, x)
    _close(_steps(stepper, x), output)
    _close(stepper.state, state)


@pytest.mark.parametrize(
    "options", [{}, {"proj_size": 3}, {"bias": False}, {"hidden_size": (5, 9)}]
)
def test_options_of_a_stack_are_kept(options):
    layer, x = _layer(**options), torch.randn(T, 2, INPUTS)
    stepper = layer.stepper(2)
    output, state = _whole(layer, x)
    _close(_steps(stepper, x), output)
    _close(stepper.state, state)


def test_layers_in_the_form_of_torch_step_too():
    layer, x = LSTM(INPUTS, H, 2, batch_first=True), torch.randn(T, 1, INPUTS)
    stepper = layer.stepper()
    output, state = _whole(layer, x.transpose(0, 1))
    _close(_steps(stepper, x), output.transpose(0, 1))
    _close(stepper.state, state)


def test_arrays_go_in_and_come_out_on_the_memory_of_the_tensor():
    stepper, x = _layer().stepper(3), torch.randn(2, 3, INPUTS)
    output = stepper.step(x[0])
    array = stepper.step(x[1].numpy())
    assert isinstance(array, np.ndarray)
    assert np.shares_memory(array, output.numpy())
    assert stepper.step(np.asfortranarray(x[0].numpy())) is array
    stepper.reset()
    first = stepper.step(x[0]).clone()
    stepper.reset()
    assert torch.equal(torch.tensor(stepper.step(np.asfortranarray(x[0].numpy()))), first)


@pytest.mark.parametrize("rows", [1, 5])
def test_the_same_steps_give_the_same_bits_and_the_same_tensor(rows):
    layer, x = _layer(), torch.randn(T, rows, INPUTS)
    head = nn.Linear(layer.output_size, 6)
    stepper = layer.stepper(rows, head=head)
    first = stepper.step(x[0])
    assert all(stepper.step(one) is first for one in x)
    stepper.reset()
    once, twice = _steps(stepper, x), _steps(layer.stepper(rows, head=head), x)
    assert torch.equal(once, twice)


@pytest.mark.parametrize("arrays", [False, True])
def test_a_step_allocates_nothing(arrays):
    stepper, x = _layer("clockwork").stepper(), torch.randn(1, INPUTS)
    given = x.numpy() if arrays else x
    for _ in range(10):
        stepper.step(given)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(1000):
            stepper.step(given)
        after, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # The loop's own number, and the bytes of an array on their way.
    assert after - before < 200
    assert most - before < 1000


@pytest.mark.parametrize("cell", ["lstm", "gru", "clockwork", "gru_d", "qrnn"])
def test_a_state_can_be_taken_and_given_back(cell):
    layer, x = _layer(cell), torch.randn(T, 2, INPUTS)
    stepper, (output, state) = _stepper(layer, 2), _whole(layer, x)
    _steps(stepper, x[:4])
    kept = stepper.state
    rest = _steps(stepper, x[4:])
    _close(rest, output[4:])
    stepper.state = kept
    assert torch.equal(_steps(stepper, x[4:]), rest)
    other = _stepper(layer, 2)
    other.state = _whole(layer, x[:4])[1]
    _close(_steps(other, x[4:]), output[4:])
    _close(other.state, state)
    other.state = None
    _close(_steps(other, x), output)
    # A state that was taken is a copy.
    before = copy.deepcopy(kept)
    stepper.state = kept
    stepper.step(x[0])
    assert all(map(torch.equal, _flat(kept), _flat(before)))


@pytest.mark.parametrize("cell", ["lstm", "antisymmetric", "qrnn"])
def test_weights_are_seen_when_they_are_refreshed(cell):
    layer, x = _layer(cell, num_layers=1), torch.randn(T, 2, INPUTS)
    head = nn.Linear(layer.output_size, 2)
    stepper = _stepper(layer, 2, head=head)
    before = _steps(stepper, x)
    with torch.no_grad():
        for parameter in (*layer.parameters(), *head.parameters()):
            parameter.add_(0.1)
    stepper.reset()
    assert torch.equal(_steps(stepper, x), before)
    stepper.reset()
    stepper.step(x[0])
    stepper.refresh()
    state = stepper.state
    found = _steps(stepper, x)
    _close(found, head(_whole(layer, x, state)[0]).detach())
    assert not torch.allclose(found, before)


def test_a_stepper_is_made_and_used_with_and_without_gradients():
    layer, x = _layer(), torch.randn(T, 1, INPUTS)
    with torch.inference_mode():
        stepper = layer.stepper()
        inside = _steps(stepper, x)
    stepper.reset()
    outside = _steps(stepper, x.requires_grad_())
    assert torch.equal(inside, outside)
    assert not outside.requires_grad
    stepper.refresh()


@pytest.mark.parametrize(
    "x",
    [
        torch.zeros(INPUTS),
        torch.zeros(2, INPUTS),
        torch.zeros(1, INPUTS + 1),
        torch.zeros(1, INPUTS, dtype=torch.float64),
        torch.zeros(1, INPUTS, device="meta"),
        torch.zeros(1, 2 * INPUTS)[:, ::2],
        np.zeros((2, INPUTS), np.float32),
        np.zeros((1, INPUTS)),
        [[0.0] * INPUTS],
    ],
    ids=["one dimension", "rows", "width", "type", "device", "apart", "array", "doubles", "list"],
)
@pytest.mark.parametrize("cell", ["lstm", "qrnn"])
def test_an_input_that_does_not_fit_is_refused_in_words(x, cell):
    stepper = _stepper(_layer(cell), 1)
    if cell == "qrnn" and isinstance(x, torch.Tensor) and x.stride() == (2 * INPUTS, 2):
        stepper.step(x)  # A layer reads it where it lies.
        return
    with pytest.raises(ShapeError) as error:
        stepper.step(x)
    assert "an input of " in error.value.given
    assert f"shape (1, {INPUTS}) and type torch.float32 on cpu" in error.value.expected


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"dt": -1.0}, "dt=-1.0"),
        ({"dt": float("nan")}, "dt=nan"),
        ({"dt": torch.ones(2)}, "dt=tensor"),
        ({"missing": torch.zeros(1, INPUTS)}, "type float32"),
        ({"missing": torch.zeros(INPUTS, dtype=torch.bool)}, "missing of shape (4,)"),
    ],
)
def test_what_is_told_wrongly_is_refused_and_leaves_nothing_behind(told, words):
    layer, x = _layer(Timely()), torch.randn(1, 1, INPUTS)
    stepper = layer.stepper()
    with pytest.raises(ShapeError) as error:
        stepper.step(x[0], **told)
    assert words in error.value.given
    _close(stepper.step(x[0]), _whole(layer, x)[0][0])


@pytest.mark.parametrize("cell", ["lstm", "qrnn"])
def test_what_the_cell_does_not_use_is_refused(cell):
    stepper, x = _stepper(_layer(cell)), torch.zeros(1, INPUTS)
    with pytest.raises(OptionError, match="dt for the cell"):
        stepper.step(x, dt=1.0)
    with pytest.raises(OptionError, match="missing for the cell"):
        stepper.step(x, missing=torch.zeros(1, INPUTS, dtype=torch.bool))


def test_an_input_with_gaps_must_fit_too():
    stepper = _layer(Timely()).stepper()
    gaps = torch.zeros(1, INPUTS, dtype=torch.bool)
    with pytest.raises(ShapeError):
        stepper.step(torch.zeros(INPUTS), missing=gaps)


@pytest.mark.parametrize("options", [{"bidirectional": True}, {"reverse": True}])
def test_a_layer_that_reads_from_the_end_has_no_stepper(options):
    with pytest.raises(OptionError, match=f"a stepper of a layer with {next(iter(options))}=True"):
        _layer(**options).stepper()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (nn.Linear(H + 1, 2), "head=Linear"),
        (nn.Identity(), "head=Identity"),
        (nn.Linear(H, 2, dtype=torch.float64), "a head of type torch.float64"),
    ],
    ids=["width", "kind", "type"],
)
def test_a_head_that_does_not_fit_is_refused(head, words):
    with pytest.raises(OptionError) as error:
        _layer().stepper(head=head)
    assert words in error.value.given


@pytest.mark.parametrize("rows", [0, -1, 1.5, True])
def test_a_stepper_has_at_least_one_row(rows):
    with pytest.raises(OptionError, match="batch_size="):
        _layer().stepper(rows)


def test_a_state_that_does_not_fit_is_refused():
    stepper = _layer().stepper(2)
    with pytest.raises(ShapeError, match="a state of shapes"):
        stepper.state = tuple(torch.zeros(2, 1, H) for _ in range(2))


@pytest.mark.parametrize("cell", ["lstm", "qrnn"])
def test_a_state_of_another_type_is_taken_in_the_layers_own(cell):
    # The stepper of qrnn is the plain one.
    layer = Recurrent(cell, 2, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        stepper = layer.stepper(2)
    stepper.step(torch.ones(2, 2))
    kept = stepper.state
    wanted = stepper.step(torch.ones(2, 2)).clone()
    parts = kept if isinstance(kept, tuple) else (kept,)
    wide = tuple(part.double() if part.is_floating_point() else part for part in parts)
    stepper.state = wide if isinstance(kept, tuple) else wide[0]
    assert torch.equal(stepper.step(torch.ones(2, 2)), wanted)
