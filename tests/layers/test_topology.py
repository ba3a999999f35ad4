"""Stacks of layers in every topology, each against the same put together by hand."""

import itertools

import pytest
import torch

from recurra.cells import LSTM, Zoneout
from recurra.errors import CellError, OptionError
from recurra.layers import Recurrent

INPUTS, H, T, B = 3, 4, 7, 2


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(3)


def _layer(cell, *sizes, **options):
    layer = Recurrent(cell, *(sizes or (INPUTS, H)), dtype=torch.float64, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer


def _input(*shape):
    return torch.randn(*(shape or (T, B, INPUTS)), dtype=torch.float64)


def _close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


def _part(layer, number, direction="forwards", **options):
    """One layer in one direction, by itself."""
    sizes = layer.sizes(number)
    alone = Recurrent(layer.cell, sizes["I"], sizes["H"], dtype=torch.float64, **options)
    weights = layer.layers[number].get_submodule(direction).state_dict()
    alone.layers[0].get_submodule(alone.directions[0]).load_state_dict(weights)
    return alone


@pytest.mark.parametrize("cell", ["lstm", "gru", "sru", "qrnn", "clockwork"])
def test_concat_gives_each_layer_both_directions_of_the_one_below(cell):
    layer, x = _layer(cell, INPUTS, H, 3, bidirectional=True), _input()
    seen = x
    for number in range(3):
        forwards, _ = _part(layer, number)(seen)
        backwards, _ = _part(layer, number, "backwards")(seen.flip(0))
        seen = torch.cat([forwards, backwards.flip(0)], -1)
    _close(layer(x)[0], seen)


@pytest.mark.parametrize("cell", ["lstm", "gru", "sru", "qrnn", "clockwork"])
def test_separate_is_two_stacks_joined_at_the_top(cell):
    layer, x = _layer(cell, INPUTS, (H, 5), bidirectional=True, merge="separate"), _input()
    assert layer.layer_input_sizes == (INPUTS, H)
    ends = []
    for direction in ("forwards", "backwards"):
        seen = x if direction == "forwards" else x.flip(0)
        for number in range(2):
            seen, _ = _part(layer, number, direction)(seen)
        ends.append(seen if direction == "forwards" else seen.flip(0))
    _close(layer(x)[0], torch.cat(ends, -1))


@pytest.mark.parametrize("cell", ["lstm", "gru_d", "qrnn", "clockwork"])
def test_reverse_is_the_flipped_sequence_flipped_back(cell):
    layer, x = _layer(cell, INPUTS, H, 2, reverse=True), _input()
    plain = Recurrent(cell, INPUTS, H, 2, dtype=torch.float64)
    for mine, theirs in zip(layer.parameters(), plain.parameters(), strict=True):
        theirs.data.copy_(mine)
    output, state = layer(x)
    other, last = plain(x.flip(0))
    _close(output, other.flip(0))
    _close(state, last)


@pytest.mark.parametrize("merge", ["concat", "separate"])
def test_residual_adds_each_layers_input_where_the_widths_agree(merge):
    layer = _layer("gru", INPUTS, (H, H), bidirectional=True, residual=True, merge=merge)
    plain = Recurrent("gru", INPUTS, (H, H), bidirectional=True, merge=merge, dtype=torch.float64)
    plain.load_state_dict(layer.state_dict())
    x = _input()
    first = Recurrent("gru", INPUTS, H, bidirectional=True, dtype=torch.float64)
    first.layers[0].load_state_dict(layer.layers[0].state_dict())
    # The first layer is not as wide as its input; the second adds the output of the first.
    _close(layer(x)[0], plain(x)[0] + first(x)[0])


@pytest.mark.parametrize("cell", ["lstm", "gru", "qrnn", "sru"])
@pytest.mark.parametrize("steps", [1, 6, 7])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"reverse": True}], ids=str)
def test_a_dilated_layer_is_interleaved_sequences(cell, steps, options):
    layer, x = _layer(cell, INPUTS, H, dilation=3, **options), _input(steps, B, INPUTS)
    plain = Recurrent(cell, INPUTS, H, dtype=torch.float64, **options)
    plain.load_state_dict(layer.state_dict())
    output, _ = layer(x)
    turned = x.flip(0)
    for first in range(min(3, steps)):
        forwards = plain(x[first::3])[0]
        if "reverse" not in options:
            _close(output[first::3, :, :H], forwards[..., :H])
        if options:
            backwards = plain(turned[first::3].flip(0))[0][..., -H:]
            _close(output.flip(0)[first::3, :, -H:], backwards.flip(0))


@pytest.mark.parametrize("cell", ["lstm", "qrnn", "clockwork"])
@pytest.mark.parametrize("cut", range(1, T))
def test_a_dilated_stack_goes_on_where_it_was_split(cell, cut):
    layer, x = _layer(cell, INPUTS, (H, H, H), dilation=(1, 2, 3)), _input()
    whole, last = layer(x)
    before, state = layer(x[:cut])
    after, state = layer(x[cut:], state)
    _close(torch.cat([before, after]), whole)
    _close(state, last)


def test_a_dilated_layer_keeps_each_rows_end_and_resets_all_that_it_carries():
    layer, x = _layer("lstm", INPUTS, H, dilation=2), _input()
    lengths = [T, 4]
    output, (h, c) = layer(x, lengths=lengths)
    for row, length in enumerate(lengths):
        alone, (h_alone, c_alone) = layer(x[:length, row])
        _close(output[:length, row], alone)
        _close(h[..., row, :], h_alone)
        _close(c[..., row, :], c_alone)
    reset = torch.zeros(T, B, dtype=torch.bool)
    reset[3] = True
    parted, _ = layer(x, reset=reset)
    _close(parted, torch.cat([layer(x[:3])[0], layer(x[3:])[0]]))


@pytest.mark.parametrize("cell", ["lstm", "lstm_peephole", "elman", "multiplicative_lstm", "qrnn"])
def test_a_projection_narrows_the_output_and_what_comes_back(cell):
    layer, x = _layer(cell, INPUTS, (H, 5), proj_size=2, bidirectional=True), _input()
    output, state = layer(x)
    assert output.shape == (T, B, 4)
    assert layer.layer_input_sizes == (INPUTS, 4)
    first = state[0] if isinstance(state, tuple) else state
    assert [part.shape for part in first] == [(B, 2)] * 4 or cell == "qrnn"


def test_a_cell_that_uses_its_state_unit_by_unit_refuses_a_projection_in_words():
    with pytest.raises(CellError, match=r"cell gru, line .*: return z") as caught:
        Recurrent("gru", INPUTS, H, proj_size=2)
    assert "proj_size=2" in caught.value.given
    assert "leave proj_size out" in caught.value.do


@pytest.mark.parametrize("every", range(1, T + 1))
def test_truncation_cuts_the_gradient_and_nothing_else(every):
    layer = _layer("lstm", INPUTS, (H, 5))
    cut = Recurrent("lstm", INPUTS, (H, 5), truncate=every, dtype=torch.float64)
    cut.load_state_dict(layer.state_dict())
    x = _input().requires_grad_()
    output, _ = cut(x)
    _close(output, layer(x)[0])
    (reached,) = torch.autograd.grad(output[-1].sum(), x, retain_graph=True)
    first = (T - 1) // every * every
    assert not reached[:first].any()
    assert reached[first:].flatten(1).any(1).all()
    whole = torch.autograd.grad(output.sum(), cut.parameters())
    pieces, carried = [], None
    for start in range(0, T, every):
        part, carried = layer(x[start : start + every], carried)
        pieces.append(part)
        carried = tuple(tuple(one.detach() for one in parts) for parts in carried)
    _close(torch.autograd.grad(torch.cat(pieces).sum(), layer.parameters()), whole)


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"dilation": 2}], ids=str)
@pytest.mark.parametrize("cell", ["lstm", "clockwork", "qrnn", "gru_d"])
def test_all_states_are_those_that_shorter_sequences_end_in(cell, options):
    layer, x = _layer(cell, H, (H, H), **options), _input(T, B, H)
    output, every = layer(x, states="all")
    _close(output, layer(x)[0])
    for part in _tuple(every):
        assert len(part) == 2 * len(layer.directions)
        assert all(one.shape[:2] == (T, B) for one in part)
    if options == {}:
        for steps in range(1, T + 1):
            _, last = layer(x[:steps])
            for part, ended in zip(_tuple(every), _tuple(last), strict=True):
                _close(part[:, steps - 1], ended)


def _tuple(state):
    return state if isinstance(state, tuple) else (state,)


def test_the_layers_below_of_a_depth_gated_stack_are_those_of_its_own_direction():
    layer, x = _layer("depth_gated_lstm", INPUTS, (H, H), bidirectional=True), _input()
    output, _ = layer(x)
    turned = Recurrent("depth_gated_lstm", INPUTS, (H, H), bidirectional=True, dtype=torch.float64)
    for number in range(2):
        for mine, other in (("forwards", "backwards"), ("backwards", "forwards")):
            weights = layer.layers[number].get_submodule(other).state_dict()
            if number:
                # The joined input has the other direction first too.
                for name in [n for n in weights if n.startswith("W_")]:
                    weights[name] = weights[name].roll(H, 1)
            turned.layers[number].get_submodule(mine).load_state_dict(weights)
    flipped, _ = turned(x.flip(0))
    _close(flipped.flip(0).roll(H, -1), output)


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({"reverse": True, "bidirectional": True}, "reverse=True with bidirectional=True"),
        ({"residual": True}, "residual=True"),
        ({"merge": "add"}, "merge='add'"),
        ({"dilation": 0}, "dilation=0"),
        ({"dilation": (1, 2)}, "dilation=(1, 2) for 1 layers"),
        ({"proj_size": -1}, "proj_size=-1"),
        ({"truncate": 0}, "truncate=0"),
        ({"init": "zeros"}, "init='zeros'"),
        ({"dropout": 1}, "dropout=1"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_options_that_make_no_sense_are_refused_in_words(options, given):
    with pytest.raises(OptionError) as caught:
        Recurrent("lstm", INPUTS, H, **options)
    assert given in caught.value.given


def test_layers_that_see_each_other_unit_by_unit_must_be_of_one_size():
    with pytest.raises(OptionError, match=r"hidden_size=\(4, 5\) for the cell depth_gated_lstm"):
        Recurrent("depth_gated_lstm", INPUTS, (4, 5))


def test_every_topology_takes_every_cell_and_regulariser():
    cells = ["lstm", "gru_d", "qrnn", "clockwork", Zoneout(LSTM(), 0.2)]
    ways = [{}, {"bidirectional": True}, {"reverse": True}]
    for cell, way, merge, dilation in itertools.product(
        cells, ways, ("concat", "separate"), (1, (1, 2))
    ):
        layer = Recurrent(
            cell, H, H, 2, residual=True, merge=merge, dilation=dilation, truncate=3, **way
        )
        output, state = layer(torch.randn(T, B, H), lengths=[T, 3])
        assert output.shape == (T, B, layer.output_size)
        assert output[3:, 1].eq(0).all()
        assert layer(torch.randn(T, B, H), state)[0].isfinite().all()
