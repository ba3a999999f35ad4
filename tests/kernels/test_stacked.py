"""Networks by the reference, against the layers' own way of running one after another."""

import pytest
import torch

from recurra import Recurrent, use_kernel
from recurra.cells import LSTM, LayerNorm, VariationalDropout, Zoneout
from recurra.kernels import choose, stacked

STEPS, ROWS, INPUTS = 6, 5, 4
CELLS = [
    "lstm",
    "gru_reset_before",
    "clockwork",
    "fastgrnn",
    "gru_d",
    Zoneout(VariationalDropout(LayerNorm(LSTM()), 0.3), 0.4),
]
NAMES = [getattr(cell, "name", cell) for cell in CELLS]
LENGTHS = [6, 3, 0, 1, 5]


def _draw(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(3), dtype=torch.float64)


def _marks():
    return _draw(STEPS, ROWS) > 0.6


OPTIONS = {
    "plain": {},
    "lengths": {"lengths": LENGTHS},
    "resets": {"reset": _marks()},
    "both": {"lengths": LENGTHS, "reset": _marks()},
    "all states": {"states": "all"},
    "all states of lengths": {"states": "all", "lengths": LENGTHS, "reset": _marks()},
}


@pytest.fixture
def networks(monkeypatch):
    """The networks that are run, by the reference instead of compiled code."""
    run = []

    def by_reference(network, given):
        run.append(network)
        return stacked.run(network, given)

    monkeypatch.setattr(choose, "run_network", by_reference)
    return run


def _layer(cell, sizes=(8, 5), **options):
    torch.manual_seed(4)
    layer = Recurrent(cell, INPUTS, sizes, dtype=torch.float64, bidirectional=True, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer


def _flat(state):
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in _flat(part)]


def _results(kernel, layer, options, *, carried):
    """Outputs, states and gradients."""
    layer.zero_grad()
    x = _draw(STEPS, ROWS, INPUTS).requires_grad_()
    with use_kernel(kernel):
        state = layer(_draw(2, ROWS, INPUTS), seed=2)[1] if carried else None
        output, state = layer(x, state, seed=5, **options)
    parts = [part for part in _flat(state) if part.is_floating_point()]
    loss = (output * torch.linspace(-1, 1, output.numel()).view_as(output)).sum()
    (loss + sum((part**2).sum() for part in parts)).backward()
    return [output, *_flat(state), x.grad, *(p.grad for p in layer.parameters())]


def _agree(layer, networks, *, carried=False, **options):
    found = _results("cpu", layer, options, carried=carried)
    assert networks
    networks.clear()
    wanted = _results("reference", layer, options, carried=carried)
    assert not networks
    for mine, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_two_directions_are_run_as_the_layers_run_them(cell, kind, networks):
    _agree(_layer(cell), networks, **OPTIONS[kind])


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("cell", CELLS, ids=NAMES)
def test_states_are_carried_on_as_the_layers_carry_them(cell, kind, networks):
    _agree(_layer(cell), networks, carried=True, **OPTIONS[kind])


@pytest.mark.parametrize("kind", OPTIONS)
def test_directions_may_be_stacks_of_their_own(kind, networks):
    _agree(_layer("lstm", (8, 5, 3), merge="separate"), networks, **OPTIONS[kind])


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("period", [1, 2, 4])
def test_the_gradient_is_cut_where_the_layers_cut_it(period, kind, networks):
    _agree(_layer("gru", truncate=period), networks, **OPTIONS[kind])


def test_times_and_gaps_are_told_as_the_layers_tell_them(networks):
    times = _draw(STEPS, ROWS).abs()
    missing = _draw(STEPS, ROWS, INPUTS) > 0.5
    for options in OPTIONS.values():
        _agree(_layer("gru_d"), networks, dt=times, missing=missing, **options)


def test_layers_of_one_size_give_their_states_in_one_tensor(networks):
    _agree(_layer("lstm", (8, 8)), networks, carried=True)
    slots = _network("lstm", (8, 8), networks).slots
    assert [(slot.state, slot.count) for slot in slots] == [("h", 4), ("c", 4)]


def _network(cell, sizes, networks):
    networks.clear()
    with use_kernel("cpu"):
        _layer(cell, sizes)(_draw(STEPS, ROWS, INPUTS))
    return networks[0]


def test_layers_of_several_sizes_give_a_tensor_for_each_line(networks):
    slots = _network("lstm", (8, 5), networks).slots
    assert [(slot.state, slot.width, slot.first, slot.count) for slot in slots] == [
        (state, width, line, 1) for state in ("h", "c") for line, width in enumerate((8, 8, 5, 5))
    ]


def test_it_can_be_differentiated_twice(networks):
    layer = _layer("gru", (4, 3))
    x = _draw(3, 2, INPUTS).requires_grad_()
    with use_kernel("cpu"):
        assert torch.autograd.gradgradcheck(
            lambda x, *_: layer(x, lengths=[3, 1])[0], (x, *layer.parameters()), fast_mode=True
        )
