"""The compiled kernel against the reference: every cell, every option, every odd size."""

import copy

import pytest
import torch

from recurra import cells
from recurra.cells import LSTM, LayerNorm, RecurrentDropout, VariationalDropout, Zoneout
from recurra.errors import OptionError
from recurra.kernels.choose import use_kernel
from recurra.layers import Recurrent

SIZES = [(5, 3, 4, 7), (3, 1, 4, 4), (4, 33, 3, 63), (2, 5, 20, 100)]
REGULARISED = [
    Zoneout(LSTM(), 0.3),
    RecurrentDropout(LSTM(), 0.3),
    VariationalDropout(LSTM(), 0.3),
    LayerNorm(LSTM()),
    Zoneout(VariationalDropout(RecurrentDropout(LayerNorm(LSTM())))),
]
TOLERANCE = {torch.float64: 1e-12, torch.float32: 5e-6}


def _layer(cell, inputs, units, dtype=torch.float64, **options):
    torch.manual_seed(4)
    layer = Recurrent(cell, inputs, units, dtype=dtype, **options)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    return layer


def _options(kind, steps, rows):
    marks = torch.rand(steps, rows, generator=torch.Generator().manual_seed(2)) < 0.4
    return {
        "plain": {},
        "lengths": {"lengths": [(k * 2) % (steps + 1) for k in range(rows)]},
        "reset": {"reset": marks},
        "both": {"reset": marks, "lengths": [k % (steps + 1) for k in range(rows)]},
        "all states": {"states": "all"},
    }[kind]


def _flat(state):
    if isinstance(state, torch.Tensor):
        return [state]
    return [tensor for part in state for tensor in _flat(part)]


def _everything(layer, x, options):
    """Outputs, states and all gradients."""
    layer.zero_grad()
    x = x.clone().requires_grad_()
    output, state = layer(x, seed=5, **options)
    parts = [part for part in _flat(state) if part.is_floating_point()]
    loss = (output * torch.linspace(-1, 1, output.numel()).view_as(output)).sum()
    (loss + sum((part**2).sum() for part in parts)).backward()
    return [output, *parts, x.grad, *(p.grad for p in layer.parameters())]


def _agree(layer, x, options):
    with use_kernel("reference"):
        wanted = _everything(layer, x, options)
    with use_kernel("cpu"):
        found = _everything(layer, x, options)
    for mine, theirs in zip(found, wanted, strict=True):
        scale = 1 + theirs.abs().max().item()
        assert (mine - theirs).abs().max().item() <= TOLERANCE[x.dtype] * scale


ARCHETYPES = (
    "elman",
    "lstm",
    "gru",
    "lstm_peephole",
    "clockwork",
    "slstm",
    "qrnn",
    "gru_d",
)
NAMES = [
    name if name in ARCHETYPES else pytest.param(name, marks=pytest.mark.every_cell)
    for name in cells.names()
]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["plain", "lengths", "reset", "both", "all states"])
def test_every_cell_computes_what_the_reference_computes(name, kind):
    for dtype in TOLERANCE:
        for steps, rows, inputs, units in SIZES[:2] if kind != "plain" else SIZES:
            layer = _layer(name, inputs, units, dtype, bidirectional=True)
            _agree(
                layer, torch.randn(steps, rows, inputs, dtype=dtype), _options(kind, steps, rows)
            )


@pytest.mark.parametrize("cell", REGULARISED, ids=lambda cell: cell.name)
@pytest.mark.parametrize("training", [True, False])
def test_regularised_cells_too(cell, training):
    layer = _layer(cell, 3, 33, torch.float64).train(training)
    _agree(layer, torch.randn(6, 5, 3, dtype=torch.float64), {})


@pytest.mark.parametrize("options", [{"truncate": 2}, {"dilation": 2}, {"proj_size": 3}], ids=str)
def test_every_topology_too(options):
    layer = _layer("lstm", 3, (8, 9), **options)
    _agree(layer, torch.randn(7, 4, 3, dtype=torch.float64), {"lengths": [7, 3, 0, 5]})


@pytest.mark.parametrize("name", ["lstm", "gru", "gru_d", "fastgrnn"])
def test_threads_do_not_change_what_is_computed(name):
    layer = _layer(name, 40, 70, torch.float32)
    x = torch.randn(20, 33, 40)
    results = []
    before = torch.get_num_threads()
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        with use_kernel("cpu"):
            results.append(_everything(layer, x, {}))
    torch.set_num_threads(before)
    for other in results[1:]:
        for mine, theirs in zip(other, results[0], strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-4)


def test_the_same_call_gives_the_same_bits():
    layer, x = _layer("lstm", 4, 33, torch.float32), torch.randn(9, 6, 4)
    first, second = _everything(layer, x, {}), _everything(layer, x, {})
    assert all(map(torch.equal, first, second))


def test_a_row_that_is_no_number_stays_alone():
    layer, x = _layer("lstm", 4, 17, torch.float32), torch.randn(5, 7, 4)
    spoilt = x.clone()
    spoilt[2, 3] = torch.nan
    clean, dirty = layer(x)[0], layer(spoilt)[0]
    others = [row for row in range(7) if row != 3]
    assert torch.equal(dirty[:, others], clean[:, others])
    assert dirty[2:, 3].isnan().all()


def test_second_derivatives_are_those_of_the_reference():
    layer = _layer("lstm", 2, 3)
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    with use_kernel("cpu"):
        assert torch.autograd.gradgradcheck(
            lambda x, *_: layer(x)[0], (x, *layer.parameters()), fast_mode=True
        )


def test_without_gradients_it_computes_the_same():
    layer, x = _layer("gru", 4, 20), torch.randn(6, 3, 4, dtype=torch.float64)
    with use_kernel("cpu"):
        trained = layer(x)
        with torch.no_grad():
            plain = layer(x)
    torch.testing.assert_close(plain, trained, rtol=0, atol=1e-14)


def test_inputs_that_do_not_lie_together_are_taken_as_they_are():
    layer = _layer("lstm", 4, 9, batch_first=True)
    whole = torch.randn(3, 6, 8, dtype=torch.float64)
    _agree(layer, whole[..., ::2], {})


def test_a_copy_of_a_layer_shares_its_code():
    layer, x = _layer("gru", 4, 9), torch.randn(6, 3, 4, dtype=torch.float64)
    assert torch.equal(copy.deepcopy(layer)(x)[0], layer(x)[0])


def test_what_cannot_be_compiled_is_refused_or_said_once():
    layer = _layer("gru", 2, 3, torch.bfloat16)
    x = torch.randn(2, 1, 2, dtype=torch.bfloat16)
    with use_kernel("cpu"), pytest.raises(OptionError, match="bfloat16"):
        layer(x)
    with pytest.warns(UserWarning, match="the slower reference kernel runs: .*bfloat16"):
        layer(x)
    layer(x)


def test_the_report_says_which_kernel_runs_each_layer_and_why():
    layer = _layer("lstm", 2, (3, 4))
    first, second = layer.kernel_report().splitlines()
    assert first.startswith("layer 0 (lstm): cpu, compiled for this processor: ")
    assert "vectors of" in second
    with use_kernel("reference"):
        assert "layer 1 (lstm): reference, it was asked for" in layer.kernel_report()
    half = layer.to(torch.bfloat16)
    assert [choice.slower for choice in half.kernels()] == [True, True]


def test_transforms_of_torch_go_to_the_reference_without_a_word():
    layer, x = _layer("lstm", 2, 3), torch.randn(4, 5, 2, dtype=torch.float64)
    mapped = torch.func.vmap(lambda row: layer(row)[0], in_dims=1, out_dims=1)(x)
    torch.testing.assert_close(mapped, layer(x)[0])


def test_an_unknown_kernel_is_refused():
    with pytest.raises(OptionError, match="the kernel 'gpu'"), use_kernel("gpu"):
        pass
