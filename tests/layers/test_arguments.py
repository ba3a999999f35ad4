"""What is given to a layer at a call: every form, and wrong use refused in words."""

import pytest
import torch
from torch.nn.utils.rnn import pack_sequence

from recurra import use_kernel
from recurra.errors import OptionError, ShapeError
from recurra.layers import LSTM, Recurrent

T, B, INPUTS, UNITS = 6, 4, 3, 5
LENGTHS = [2, 6, 0, 5]


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(2)


def _layer(cell="gru_d", **options):
    return Recurrent(cell, INPUTS, UNITS, dtype=torch.float64, **options)


def _batch():
    x = torch.randn(T, B, INPUTS, dtype=torch.float64)
    beside = {
        "lengths": torch.tensor(LENGTHS),
        "reset": torch.rand(T, B) < 0.3,
        "dt": torch.rand(T, B, dtype=torch.float64),
        "missing": torch.rand(T, B, INPUTS) < 0.4,
    }
    return x, beside


def _close(found, wanted):
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("options", [{}, {"bidirectional": True}], ids=str)
def test_batch_first_takes_everything_batch_first(options):
    layer, (x, beside) = _layer(**options), _batch()
    first = _layer(batch_first=True, **options)
    first.load_state_dict(layer.state_dict())
    turned = {
        name: part if name == "lengths" else part.transpose(0, 1) for name, part in beside.items()
    }
    output, state = layer(x, **beside)
    other, last = first(x.transpose(0, 1), **turned)
    _close(other.transpose(0, 1), output)
    _close(last, state)


def test_a_single_sequence_takes_everything_without_a_batch():
    layer, (x, beside) = _layer(bidirectional=True), _batch()
    del beside["lengths"]
    output, state = layer(x, **beside)
    alone, last = layer(x[:, 1], **{name: part[:, 1] for name, part in beside.items()})
    _close(alone, output[:, 1])
    _close(last, tuple(part[:, 1] for part in state))


@pytest.mark.parametrize("given", [LENGTHS, tuple(LENGTHS), torch.tensor(LENGTHS).int()], ids=type)
def test_lengths_may_be_any_whole_numbers(given):
    layer, (x, _) = _layer("lstm"), _batch()
    output, _ = layer(x, lengths=given)
    for row, length in enumerate(LENGTHS):
        assert not output[length:, row].any()
        if length:
            _close(output[:length, row], layer(x[:length, row])[0])


def test_a_batch_of_empty_rows_gives_back_the_state_it_was_given():
    layer, (x, _) = _layer("lstm", bidirectional=True), _batch()
    state = tuple(torch.randn(2, B, UNITS, dtype=torch.float64) for _ in range(2))
    output, after = layer(x, state, lengths=[0] * B)
    assert not output.any()
    _close(after, state)


@pytest.mark.parametrize("wrong", [torch.nan, torch.inf, 1e300])
def test_what_lies_behind_a_rows_end_or_is_missing_may_be_anything(wrong):
    layer, (x, beside) = _layer(bidirectional=True), _batch()
    spoilt = torch.where(beside["missing"], wrong, x)
    times = beside["dt"].clone()
    for row, length in enumerate(LENGTHS):
        spoilt[length:, row] = wrong
        times[length:, row] = 7.0
    results = []
    for given, dt in ((x, beside["dt"]), (spoilt, times)):
        layer.zero_grad()
        output, state = layer(given, **(beside | {"dt": dt}))
        (output.sum() + state[0].sum()).backward()
        results.append([output, *state, *(p.grad for p in layer.parameters())])
    assert all(map(torch.equal, *results))


def test_a_packed_sequence_comes_back_packed_and_equals_lengths():
    layer = _layer("lstm", bidirectional=True, batch_first=True)
    rows = [torch.randn(n, INPUTS, dtype=torch.float64) for n in (3, 6, 1)]
    packed = pack_sequence(rows, enforce_sorted=False)
    output, state = layer(packed)
    padded = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    other, last = layer(padded, lengths=[3, 6, 1])
    unpacked, lengths = torch.nn.utils.rnn.pad_packed_sequence(output, batch_first=True)
    assert lengths.tolist() == [3, 6, 1]
    _close(unpacked, other)
    _close(state, last)


def test_no_dt_is_a_dt_of_one_and_no_missing_is_nothing_missing():
    layer, (x, _) = _layer(), _batch()
    nothing = torch.zeros(T, B, INPUTS, dtype=torch.bool)
    _close(layer(x)[0], layer(x, dt=torch.ones(T, B), missing=nothing)[0])


def test_in_a_backward_direction_the_same_two_steps_lie_as_far_apart():
    layer, (x, beside) = _layer(bidirectional=True), _batch()
    turned = _layer()
    turned.layers[0].forwards.load_state_dict(layer.layers[0].backwards.state_dict())
    dt, missing = beside["dt"], beside["missing"]
    mirrored = torch.cat([torch.zeros_like(dt[:1]), dt[1:].flip(0)])
    expected, _ = turned(x.flip(0), dt=mirrored, missing=missing.flip(0))
    output, _ = layer(x, dt=dt, missing=missing)
    _close(output[..., UNITS:], expected.flip(0))


@pytest.mark.parametrize(
    ("beside", "given", "expected"),
    [
        ({"lengths": [1, 2, 3]}, "lengths of shape (3,)", "each of the 4 rows"),
        ({"lengths": [1, 2, 3, -1]}, "lengths from -1 to 3", "from 0 to 6"),
        ({"lengths": [1, 2, 3, 7]}, "lengths from 1 to 7", "from 0 to 6"),
        ({"lengths": [1.0, 2.0, 3.0, 4.0]}, "type torch.float32", "a whole number"),
        ({"reset": torch.zeros(T, B)}, "reset of type torch.float32", "booleans"),
        (
            {"reset": torch.zeros(B, T, dtype=torch.bool)},
            "reset of shape (4, 6)",
            "(T, B) with T = 6 and B = 4",
        ),
        (
            {"missing": torch.zeros(T, B, dtype=torch.bool)},
            "missing of shape (6, 4)",
            "(T, B, I) with T = 6",
        ),
        ({"dt": torch.zeros(T, B, 1)}, "dt of shape (6, 4, 1)", "(T, B) with"),
        ({"dt": -torch.ones(T, B)}, "a dt that is negative", "0 or more"),
        ({"dt": torch.full((T, B), torch.nan)}, "a dt that is negative or no number", "0 or more"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_tensors_that_do_not_fit_are_refused_in_words(beside, given, expected):
    with pytest.raises(ShapeError) as caught:
        _layer()(_batch()[0], **beside)
    assert given in caught.value.given
    assert expected in caught.value.expected


@pytest.mark.parametrize("name", ["dt", "missing"])
def test_what_a_cell_cannot_use_is_refused_and_a_cell_that_can_is_named(name):
    x, beside = _batch()
    with pytest.raises(OptionError, match=f"{name} for the cell lstm") as caught:
        _layer("lstm")(x, **{name: beside[name]})
    assert "gru_d" in caught.value.expected


def test_dt_in_a_dilated_layer_is_refused():
    x, beside = _batch()
    with pytest.raises(OptionError, match=r"dt with dilation=\(2,\)"):
        _layer(dilation=2)(x, dt=beside["dt"])


def test_lengths_beside_a_packed_sequence_are_refused():
    packed = pack_sequence([torch.zeros(2, INPUTS, dtype=torch.float64)])
    with pytest.raises(OptionError, match="lengths beside a packed sequence"):
        _layer()(packed, lengths=[2])


def test_a_word_for_the_states_that_is_none_is_refused():
    with pytest.raises(OptionError, match="states='every'"):
        _layer()(_batch()[0], states="every")


@pytest.mark.parametrize("made", [LSTM, Recurrent], ids=["torch's form", "by gate"])
def test_an_input_and_parameters_on_two_devices_are_refused(made):
    layer = made(*([] if made is LSTM else ["lstm"]), INPUTS, UNITS, device="meta")
    with pytest.raises(ShapeError, match="an input on cpu"):
        layer(torch.randn(T, B, INPUTS))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.int64], ids=str)
@pytest.mark.parametrize("wrong", [0, 1])
def test_a_state_of_another_type_is_refused(dtype, wrong):
    layer = LSTM(INPUTS, UNITS)
    state = [torch.zeros(1, B, UNITS) for _ in range(2)]
    state[wrong] = state[wrong].to(dtype)
    with pytest.raises(ShapeError, match=f"a state of type {dtype}"):
        layer(torch.randn(T, B, INPUTS), tuple(state))


@pytest.mark.parametrize("form", [tuple, list])
def test_states_may_lie_in_any_way_and_come_in_any_sequence(form):
    layer, x = LSTM(INPUTS, UNITS), torch.randn(T, B, INPUTS)
    state = [torch.randn(1, UNITS, B).transpose(1, 2) for _ in range(2)]
    wanted, last = layer(x, tuple(part.contiguous() for part in state))
    found, end = layer(x, form(state))
    assert torch.equal(found, wanted)
    assert all(map(torch.equal, end, last))


def test_the_gradient_reaches_the_very_tensors_that_are_given_as_states():
    layer, x = LSTM(INPUTS, UNITS, 2, dtype=torch.float64), torch.randn(T, B, INPUTS).double()
    state = [torch.randn(2, B, UNITS, dtype=torch.float64) for _ in range(2)]
    theirs = torch.nn.LSTM(INPUTS, UNITS, 2, dtype=torch.float64)
    theirs.load_state_dict(layer.state_dict())
    gradients = []
    for one in (layer, theirs):
        parts = tuple(part.clone().requires_grad_() for part in state)
        one(x, parts)[0].square().sum().backward()
        gradients.append([part.grad for part in parts])
    _close(*gradients)


@pytest.mark.parametrize(
    "other",
    [torch.randn(4 * UNITS, UNITS + 1), torch.randn(4 * UNITS, UNITS).double()],
    ids=["another shape", "another type"],
)
def test_parameters_that_became_others_are_refused_by_compiled_code(other):
    layer = LSTM(INPUTS, UNITS)
    layer(torch.randn(T, B, INPUTS))
    layer.weight_hh_l0.data = other
    with pytest.raises(ShapeError, match="a parameter of shape"):
        layer(torch.randn(T, B, INPUTS))


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize("given", ["reset", "lengths"])
def test_an_output_projected_to_one_number_takes_resets_and_lengths(size, given):
    layer, (x, beside) = _layer("lstm", proj_size=size), _batch()
    with use_kernel("cpu"):
        found = layer(x, **{given: beside[given]})[0]
        found.square().sum().backward()
    gradients = [weight.grad.clone() for weight in layer.parameters()]
    layer.zero_grad()
    with use_kernel("reference"):
        wanted = layer(x, **{given: beside[given]})[0]
        wanted.square().sum().backward()
    _close(found, wanted)
    _close(gradients, [weight.grad for weight in layer.parameters()])
