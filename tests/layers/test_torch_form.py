"""recurra.RNN, LSTM and GRU beside those of torch.nn: arguments, parameters, results, gradients."""

import itertools

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

import recurra
from recurra.errors import OptionError, ShapeError

INPUTS, UNITS, STEPS, ROWS = 4, 5, 6, 3
KINDS = {
    "RNN-tanh": ("RNN", {}),
    "RNN-relu": ("RNN", {"nonlinearity": "relu"}),
    "LSTM": ("LSTM", {}),
    "LSTM-projected": ("LSTM", {"proj_size": 3}),
    "GRU": ("GRU", {}),
}
SWITCHES = ("bidirectional", "bias", "batch_first")
FORMS = [
    pytest.param(layers, dict(zip(SWITCHES, values, strict=True)), id=f"{layers}-{values}")
    for layers in (1, 3)
    for values in itertools.product((False, True), repeat=3)
]
TOLERANCE = {torch.float32: 1e-6, torch.float64: 1e-12}
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported")


def _pair(kind, layers=1, dtype=torch.float64, **options):
    name, own = KINDS[kind]
    made = []
    for library in (nn, recurra):
        torch.manual_seed(5)
        cls = getattr(library, name)
        made.append(cls(INPUTS, UNITS, layers, dtype=dtype, **own, **options))
    return made


def _flat(result):
    output, state = result
    output = output.data if isinstance(output, PackedSequence) else output
    return [output, *(state if isinstance(state, tuple) else (state,))]


def _agree(found, wanted):
    """As the largest difference in units of the largest number, or of 1."""
    for mine, theirs in zip(found, wanted, strict=True):
        assert mine.shape == theirs.shape
        scale = max(1.0, theirs.abs().max().item())
        assert (mine - theirs).abs().max().item() <= TOLERANCE[theirs.dtype] * scale


def _gradients(module, result, *given):
    loss = sum((part * torch.linspace(-1, 1, part.numel()).view_as(part)).sum() for part in result)
    return torch.autograd.grad(loss, [*module.parameters(), *given])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize(("layers", "options"), FORMS)
def test_outputs_states_and_gradients_are_torchs(kind, dtype, layers, options):
    theirs, mine = _pair(kind, layers, dtype, **options)
    shape = (ROWS, STEPS, INPUTS) if options["batch_first"] else (STEPS, ROWS, INPUTS)
    x = torch.randn(shape, dtype=dtype, requires_grad=True)
    state = [torch.randn_like(part).requires_grad_() for part in _flat(theirs(x))[1:]]
    before = tuple(state) if len(state) > 1 else state[0]
    results = [_flat(module(x, before)) for module in (mine, theirs)]
    _agree(*results)
    _agree(
        _gradients(mine, results[0], x, *state),
        _gradients(theirs, results[1], x, *state),
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("sort", [False, True])
def test_packed_sequences_come_back_packed_as_torch_packs_them(kind, layers, bidirectional, sort):
    theirs, mine = _pair(kind, layers, bidirectional=bidirectional)
    x = torch.randn(STEPS, 4, INPUTS, dtype=torch.float64)
    lengths = [6, 4, 4, 1] if sort else [4, 1, 6, 4]
    packed = pack_padded_sequence(x, lengths, enforce_sorted=sort)
    results = [module(packed) for module in (mine, theirs)]
    for own, other in zip(results[0][0][1:], results[1][0][1:], strict=True):
        assert (own is None) if other is None else torch.equal(own, other)
    flat = [_flat(result) for result in results]
    _agree(*flat)
    _agree(_gradients(mine, flat[0]), _gradients(theirs, flat[1]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_sequence_is_taken_as_torch_takes_it(kind):
    theirs, mine = _pair(kind, 2, bidirectional=True)
    x = torch.randn(STEPS, INPUTS, dtype=torch.float64)
    state = [torch.randn_like(part) for part in _flat(theirs(x))[1:]]
    before = tuple(state) if len(state) > 1 else state[0]
    _agree(_flat(mine(x, before)), _flat(theirs(x, before)))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bias", [False, True])
def test_the_same_seed_draws_the_same_bits_under_the_same_names(kind, bias):
    theirs, mine = _pair(kind, 2, bidirectional=True, bias=bias)
    wanted = theirs.state_dict()
    assert list(mine.state_dict()) == list(wanted)
    assert all(torch.equal(part, wanted[name]) for name, part in mine.state_dict().items())
    assert [name for name, _ in mine.named_parameters()] == [
        name for name, _ in theirs.named_parameters()
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_state_dicts_go_both_ways(kind):
    theirs, mine = _pair(kind, 2, bidirectional=True)
    for parameter in theirs.parameters():
        nn.init.normal_(parameter)
    x = torch.randn(STEPS, ROWS, INPUTS, dtype=torch.float64)
    mine.load_state_dict(theirs.state_dict())
    _agree(_flat(mine(x)), _flat(theirs(x)))
    for parameter in mine.parameters():
        nn.init.normal_(parameter)
    theirs.load_state_dict(mine.state_dict())
    _agree(_flat(mine(x)), _flat(theirs(x)))


@pytest.mark.parametrize("kind", KINDS)
def test_twenty_steps_of_adam_end_at_torchs_weights(kind):
    # With two biases an optimizer moves their sum twice as far: only torch's own form agrees.
    theirs, mine = _pair(kind, 2)
    x, y = torch.randn(2, STEPS, ROWS, INPUTS, dtype=torch.float64).unbind()
    for module in (theirs, mine):
        optimizer = torch.optim.Adam(module.parameters(), lr=0.01, weight_decay=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            ((module(x)[0] - y.mean()) ** 2).mean().backward()
            optimizer.step()
    for own, other in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own, other, rtol=1e-9, atol=1e-9)


def test_what_programs_for_torch_touch_is_there():
    mine = recurra.LSTM(INPUTS, UNITS, 2, bidirectional=True)
    theirs = nn.LSTM(INPUTS, UNITS, 2, bidirectional=True)
    mine.flatten_parameters()
    for name in ("hidden_size", "input_size", "num_layers", "bidirectional", "batch_first", "bias"):
        assert getattr(mine, name) == getattr(theirs, name)
    assert [[part.shape for part in parts] for parts in mine.all_weights] == [
        [part.shape for part in parts] for parts in theirs.all_weights
    ]
    assert mine.weight_ih_l1_reverse.shape == theirs.weight_ih_l1_reverse.shape


def test_dropout_between_layers_draws_from_torchs_random_state():
    mine = recurra.GRU(INPUTS, 64, 2, dropout=0.5)
    x = torch.randn(STEPS, ROWS, INPUTS)
    results = []
    for _ in range(2):
        torch.manual_seed(1)
        results.append(mine(x)[0])
    assert torch.equal(*results)
    assert not torch.equal(mine(x)[0], results[0])
    mine.eval()
    assert torch.equal(mine(x)[0], mine(x)[0])


def test_wrong_use_is_refused_in_words():
    with pytest.raises(OptionError, match="nonlinearity='sine'"):
        recurra.RNN(2, 3, nonlinearity="sine")
    with pytest.raises(OptionError, match="hidden_size=0"):
        recurra.LSTM(2, 0)
    with pytest.raises(ShapeError, match="a state of shapes"):
        recurra.LSTM(2, 3)(torch.zeros(4, 1, 2), torch.zeros(1, 1, 3))
