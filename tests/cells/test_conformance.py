"""What every cell must keep to. Nothing here knows any cell: a new file is tested by itself."""

import copy

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.func import functional_call, grad, vmap
from torch_twin import gradients_by_name, twin

from recurra import cells
from recurra.layers import Recurrent

T, B, INPUTS, UNITS = 5, 3, 2, 4
every_cell = pytest.mark.parametrize("name", cells.names())


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(7)


def _layer(name, *sizes, dtype=torch.float64, **options):
    layer = Recurrent(name, *(sizes or (INPUTS, UNITS)), dtype=dtype, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            # No parameter is left at zero, where a wrong one would not show.
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer


def _input(*shape, dtype=torch.float64):
    return torch.randn(*(shape or (T, B, INPUTS)), dtype=dtype)


def _state(layer, rows=B):
    depth = layer.num_layers * len(layer.directions)
    parts = tuple(
        torch.randn(depth, rows, layer.hidden_sizes[0], dtype=torch.float64)
        for _ in layer.cell.states
    )
    return parts if len(parts) > 1 else parts[0]


def _parts(state):
    return (state,) if isinstance(state, torch.Tensor) else state


def _close(found, wanted, tolerance=1e-12):
    torch.testing.assert_close(found, wanted, rtol=tolerance, atol=tolerance)


def test_there_are_cells():
    assert {"elman", "gru", "lstm"} <= set(cells.names())


@every_cell
def test_the_cell_declares_a_check_and_cites_its_source(name):
    cell = cells.find(name)
    assert cell.check is not None
    assert any(character.isdigit() for character in cell.__doc__)


@every_cell
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_the_cell_is_what_torch_computes_forwards_and_backwards(name, num_layers, bidirectional):
    layer = _layer(name, INPUTS, UNITS, num_layers, bidirectional=bidirectional)
    check = layer.cell.check
    stranger = twin(layer, check)
    results = []
    x, state = _input(), _state(layer)
    for module in (layer, stranger):
        mine = x.clone().requires_grad_()
        given = tuple(part.clone().requires_grad_() for part in _parts(state))
        output, after = module(mine, given if len(given) > 1 else given[0])
        loss = (output * torch.linspace(-1, 1, output.numel()).view_as(output)).sum()
        (loss + sum((part**2).sum() for part in _parts(after))).backward()
        results.append([output, *_parts(after), mine.grad, *(part.grad for part in given)])
    for found, wanted in zip(*results, strict=True):
        _close(found, wanted)
    theirs = gradients_by_name(stranger, layer, check)
    for parameter, wanted in zip(layer.parameters(), theirs, strict=True):
        _close(parameter.grad, wanted)


@every_cell
@pytest.mark.parametrize("num_layers", [1, 2])
def test_one_step_at_a_time_is_the_whole(name, num_layers):
    layer, x = _layer(name, INPUTS, UNITS, num_layers), _input()
    whole, last = layer(x)
    state, steps = None, []
    for row in x:
        step, state = layer(row.unsqueeze(0), state)
        steps.append(step)
    _close(torch.cat(steps), whole)
    _close(_parts(state), _parts(last))


@every_cell
@pytest.mark.parametrize("cut", range(1, T))
def test_a_split_sequence_is_the_whole(name, cut):
    layer, x = _layer(name, INPUTS, UNITS, 2), _input()
    whole, last = layer(x)
    before, state = layer(x[:cut])
    after, state = layer(x[cut:], state)
    _close(torch.cat([before, after]), whole)
    _close(_parts(state), _parts(last))


@every_cell
def test_the_first_state_is_the_output(name):
    layer = _layer(name)
    output, state = layer(_input())
    _close(_parts(state)[0][-1], output[-1], 0)


@every_cell
def test_rows_of_a_batch_do_not_touch_each_other(name):
    layer, x = _layer(name, bidirectional=True), _input()
    state = _state(layer)
    whole, _ = layer(x, state)
    for row in range(B):
        mine = tuple(part[:, row : row + 1] for part in _parts(state))
        alone, _ = layer(x[:, row : row + 1], mine if len(mine) > 1 else mine[0])
        _close(alone, whole[:, row : row + 1])
    spoilt = x.clone()
    spoilt[:, 0] = torch.nan
    others, _ = layer(spoilt, state)
    _close(others[:, 1:], whole[:, 1:], 0)
    assert others[:, 0].isnan().all()


@every_cell
def test_both_directions_are_two_of_one_direction_each(name):
    both, x = _layer(name, bidirectional=True), _input()
    output, state = both(x)
    for place, direction in enumerate(both.directions):
        single = Recurrent(name, INPUTS, UNITS, dtype=torch.float64)
        single.layers[0].forwards.load_state_dict(
            both.layers[0].get_submodule(direction).state_dict()
        )
        read = x if direction == "forwards" else x.flip(0)
        alone, last = single(read)
        alone = alone if direction == "forwards" else alone.flip(0)
        _close(output[..., place * UNITS : (place + 1) * UNITS], alone)
        _close(tuple(part[place] for part in _parts(state)), tuple(p[0] for p in _parts(last)))


@every_cell
def test_reversing_the_sequence_exchanges_the_directions(name):
    layer, x = _layer(name, bidirectional=True), _input()
    exchanged = copy.deepcopy(layer)
    exchanged.layers[0].forwards.load_state_dict(layer.layers[0].backwards.state_dict())
    exchanged.layers[0].backwards.load_state_dict(layer.layers[0].forwards.state_dict())
    output, _ = layer(x.flip(0))
    swapped, _ = exchanged(x)
    _close(torch.cat([output[..., UNITS:], output[..., :UNITS]], -1).flip(0), swapped)


@every_cell
def test_float32_is_float64_but_for_rounding(name):
    layer, x = _layer(name, INPUTS, UNITS, 2), _input()
    single, _ = copy.deepcopy(layer).float()(x.float())
    assert single.dtype == torch.float32
    _close(single.double(), layer(x)[0], 1e-5)


@every_cell
def test_the_state_and_output_have_the_type_that_was_given(name):
    for dtype in (torch.float32, torch.float64):
        output, state = _layer(name, dtype=dtype)(_input(dtype=dtype))
        assert {output.dtype, *(part.dtype for part in _parts(state))} == {dtype}


@every_cell
def test_first_and_second_derivatives_are_right(name):
    layer = _layer(name, 1, 2)
    names = [parameter for parameter, _ in layer.named_parameters()]
    values = [p.detach().clone().requires_grad_() for p in layer.parameters()]
    state = [part.requires_grad_() for part in _parts(_state(layer, rows=2))]
    x = _input(2, 2, 1).requires_grad_()

    def run(x, *given):
        state, parameters = given[: len(layer.cell.states)], given[len(layer.cell.states) :]
        before = state if len(state) > 1 else state[0]
        output, after = functional_call(
            layer, dict(zip(names, parameters, strict=True)), (x, before)
        )
        return output, *_parts(after)

    assert torch.autograd.gradcheck(run, (x, *state, *values))
    assert torch.autograd.gradgradcheck(run, (x, *state, *values))


@every_cell
def test_vmap_over_the_batch_is_a_loop_over_it(name):
    layer, x = _layer(name, INPUTS, UNITS, 2, bidirectional=True), _input()
    mapped = vmap(lambda row: layer(row)[0], in_dims=1, out_dims=1)(x)
    _close(mapped, torch.stack([layer(row)[0] for row in x.unbind(1)], 1))


@every_cell
def test_gradients_of_each_row_are_those_of_a_loop(name):
    layer, x = _layer(name), _input()
    parameters = {key: value.detach() for key, value in layer.named_parameters()}

    def loss(parameters, row):
        return (functional_call(layer, parameters, (row,))[0] ** 2).sum()

    each = vmap(grad(loss), in_dims=(None, 1))(parameters, x)
    for place, row in enumerate(x.unbind(1)):
        alone = torch.autograd.grad(loss(dict(layer.named_parameters()), row), layer.parameters())
        _close([each[key][place] for key in parameters], list(alone))


@every_cell
def test_saved_weights_give_the_same_bits_again(name, tmp_path):
    layer, x = _layer(name, INPUTS, UNITS, 2, bidirectional=True), _input()
    save_file(layer.state_dict(), tmp_path / "weights.safetensors")
    again = Recurrent(name, INPUTS, UNITS, 2, bidirectional=True, dtype=torch.float64)
    assert not torch.equal(again(x)[0], layer(x)[0])
    again.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    assert torch.equal(again(x)[0], layer(x)[0])


@every_cell
def test_without_bias_it_is_the_cell_with_biases_of_zero(name):
    bare, x = _layer(name, bias=False), _input()
    whole = _layer(name)
    with torch.no_grad():
        for key, parameter in whole.layers[0].forwards.named_parameters():
            kept = dict(bare.layers[0].forwards.named_parameters()).get(key)
            parameter.copy_(torch.zeros_like(parameter) if kept is None else kept)
    _close(bare(x)[0], whole(x)[0])
