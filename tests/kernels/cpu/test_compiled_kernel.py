"""The compiled kernel against the reference: every cell, every option, every odd size."""

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch.nn.utils.rnn import pack_padded_sequence

from recurra import cells
from recurra.cells import LSTM, LayerNorm, RecurrentDropout, VariationalDropout, Zoneout
from recurra.errors import OptionError
from recurra.kernels.choose import use_kernel
from recurra.kernels.cpu import runs
from recurra.kernels.cpu.pool import memory
from recurra.language import Cell, tanh, where
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


def _agree(layer, x, options, tolerance=None):
    with use_kernel("reference"):
        wanted = _everything(layer, x, options)
    with use_kernel("cpu"):
        found = _everything(layer, x, options)
    for mine, theirs in zip(found, wanted, strict=True):
        scale = 1 + theirs.abs().max().item()
        most = (tolerance or TOLERANCE[x.dtype]) * scale
        assert (mine - theirs).abs().max().item() <= most


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


ODD = [(rows, units) for rows in (1, 3, 33) for units in (1, 7, 63, 100)]
ROOMY = {"clockwork": 4}
"""The units that a cell needs at least."""


@pytest.mark.parametrize("name", NAMES)
def test_odd_sizes_too(name):
    for number, (rows, units) in enumerate(ODD):
        inputs = (units, 20, 3)[number % 3]
        layer = _layer(name, inputs, max(units, ROOMY.get(name, 1)), num_layers=2)
        x = torch.randn(3, rows, inputs, dtype=torch.float64)
        _agree(layer, x, {})
        # Where numbers grow, so does what rounding does to them, by either kernel.
        _agree(layer.float(), x.float(), {}, 5e-5)


@pytest.mark.parametrize("cell", REGULARISED, ids=lambda cell: cell.name)
@pytest.mark.parametrize("training", [True, False])
def test_regularised_cells_too(cell, training):
    layer = _layer(cell, 3, 33, torch.float64).train(training)
    _agree(layer, torch.randn(6, 5, 3, dtype=torch.float64), {})


@pytest.mark.parametrize("options", [{"truncate": 2}, {"dilation": 2}, {"proj_size": 3}], ids=str)
def test_every_topology_too(options):
    layer = _layer("lstm", 3, (8, 9), **options)
    _agree(layer, torch.randn(7, 4, 3, dtype=torch.float64), {"lengths": [7, 3, 0, 5]})


@pytest.mark.parametrize("kind", ["plain", "lengths", "both", "all states"])
@pytest.mark.parametrize("merge", ["concat", "separate"])
@pytest.mark.parametrize("name", ["lstm", "gru_reset_before", "qrnn"])
def test_whole_stacks_too(name, merge, kind):
    layer = _layer(name, 20, (50, 100, 7), bidirectional=True, merge=merge)
    _agree(layer, torch.randn(4, 5, 20, dtype=torch.float64), _options(kind, 4, 5))


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_packed_sequences_too(name):
    layer = _layer(name, 20, (50, 7), bidirectional=True)
    x = torch.randn(6, 4, 20, dtype=torch.float64)
    found = []
    for kernel in ("cpu", "reference"):
        mine = x.clone().requires_grad_()
        layer.zero_grad()
        with use_kernel(kernel):
            packed = pack_padded_sequence(mine, torch.tensor([2, 6, 1, 4]), enforce_sorted=False)
            output, state = layer(packed)
            ((output.data**2).sum() + sum((part**2).sum() for part in _flat(state))).backward()
        found.append([output.data, *_flat(state), mine.grad, *(p.grad for p in layer.parameters())])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)


def _cell(step, **declared):
    return type("Made", (Cell,), {"states": ("h",), "step": step, **declared})()


def _blind(self, p, x, h):
    return tanh(p.U @ h + p.b)


def _only_asking(self, p, x, h):
    return tanh(p.W @ where(x > 0, 1.0, p.a) + p.U @ h + p.b)


def _asking_for_times(self, p, x, h, *, dt):
    return tanh(p.W @ x + p.U @ h + where(dt > 0.5, 1.0, -0.5))


@pytest.mark.parametrize("merge", ["concat", "separate"])
@pytest.mark.parametrize("step", [_blind, _only_asking])
def test_an_input_that_nothing_depends_on_has_a_gradient_of_0(step, merge, poisoned):
    layer = _layer(_cell(step), 20, (9, 7), bidirectional=True, merge=merge)
    x = torch.randn(4, 3, 20, dtype=torch.float64, requires_grad=True)
    with use_kernel("cpu"):
        layer(x)[0].sum().backward()
    assert not x.grad.any()
    lower = [p.grad for name, p in layer.named_parameters() if name.startswith("layers.0.")]
    assert not any(gradient.any() for gradient in lower)


def test_a_further_input_that_nothing_depends_on_has_a_gradient_of_0():
    layer = _layer(_cell(_asking_for_times), 3, 7)
    x = torch.randn(4, 3, 3, dtype=torch.float64)
    times = torch.rand(4, 3, dtype=torch.float64, requires_grad=True)
    with use_kernel("cpu"):
        layer(x, dt=times)[0].sum().backward()
    assert not times.grad.any()


def test_gradients_of_vectors_as_long_as_a_wide_input_are_right():
    layer = _layer(_cell(lambda self, p, x, h: tanh(p.W @ (p.g * x) + p.U @ h)), 4000, 2)
    _agree(layer, torch.randn(3, 2, 4000, dtype=torch.float64), {})


class _Poisoned:
    """torch, but that fresh memory holds no numbers."""

    def __getattr__(self, name):
        return getattr(torch, name)

    def empty(self, *shape, **options):
        return self._spoilt(torch.empty(*shape, **options))

    def empty_like(self, tensor, **options):
        return self._spoilt(torch.empty_like(tensor, **options))

    @staticmethod
    def _spoilt(tensor):
        tensor.untyped_storage().fill_(0xFF)
        return tensor


def _poison(monkeypatch):
    monkeypatch.setattr(runs, "torch", _Poisoned())
    monkeypatch.setattr(runs, "memory", lambda size: memory(size).fill_(0xFF))


@pytest.fixture
def poisoned(monkeypatch):
    _poison(monkeypatch)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["plain", "both", "all states"])
def test_what_fresh_memory_holds_does_not_matter(name, kind, monkeypatch):
    # Some cells see the states of the layer beneath unit by unit.
    units = (33, 33 if "below" in cells.find(name)().inputs else 7)
    layer = _layer(name, 20, units, torch.float32, bidirectional=True)
    x, options = torch.randn(5, 6, 20), _options(kind, 5, 6)
    with use_kernel("cpu"):
        wanted = _everything(layer, x, options)
        _poison(monkeypatch)
        found = _everything(layer, x, options)
    assert all(map(torch.equal, found, wanted))


def test_the_same_call_gives_the_same_bits():
    layer, x = _layer("lstm", 4, 33, torch.float32), torch.randn(9, 6, 4)
    first, second = _everything(layer, x, {}), _everything(layer, x, {})
    assert all(map(torch.equal, first, second))


def _by_row(layer, x):
    """Outputs, states and the gradient of the input, rows first."""
    x = x.clone().requires_grad_()
    output, state = layer(x, seed=5)
    states = [part for part in _flat(state) if part.is_floating_point()]
    (output.sum() + sum(part.sum() for part in states)).backward()
    return [part.movedim(-2, 0) for part in (output, x.grad, *states)]


@pytest.mark.parametrize("units", [17, 64])
@pytest.mark.parametrize("name", NAMES)
def test_a_row_that_is_no_number_stays_alone(name, units):
    layer = _layer(name, 20, units, torch.float32, num_layers=2)
    x = torch.randn(5, 7, 20)
    spoilt = x.clone()
    spoilt[2, 3] = torch.nan
    others = [row for row in range(7) if row != 3]
    with use_kernel("cpu"):
        clean, dirty = _by_row(layer, x), _by_row(layer, spoilt)
    for mine, theirs in zip(dirty, clean, strict=True):
        assert torch.equal(mine[others], theirs[others])
    output = dirty[0][3]
    assert torch.equal(output[:2], clean[0][3][:2])
    assert output[2].isnan().any()


def test_second_derivatives_are_those_of_the_reference():
    layer = _layer("lstm", 2, 3)
    x = torch.randn(3, 2, 2, dtype=torch.float64, requires_grad=True)
    with use_kernel("cpu"):
        assert torch.autograd.gradgradcheck(
            lambda x, *_: layer(x)[0], (x, *layer.parameters()), fast_mode=True
        )


@pytest.mark.parametrize("name", ["lstm", "gru", "gru_d"])
def test_second_derivatives_of_stacks_are_those_of_the_reference(name):
    layer = _layer(name, 3, (7, 5), bidirectional=True)
    x = torch.randn(4, 3, 3, dtype=torch.float64)
    found = []
    for kernel in ("cpu", "reference"):
        mine = x.clone().requires_grad_()
        sources = [mine, *layer.parameters()]
        with use_kernel(kernel):
            output, _ = layer(mine, lengths=[4, 2, 0])
            first = torch.autograd.grad((output**2).sum(), sources, create_graph=True)
            loss = sum((gradient**2).sum() for gradient in first)
            found.append([*first, *torch.autograd.grad(loss, sources)])
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("name", ["lstm", "gru", "slstm"])
def test_a_graph_that_is_kept_gives_the_same_gradients_twice(name):
    layer, x = _layer(name, 4, (33, 7)), torch.randn(6, 3, 4, dtype=torch.float64)
    with use_kernel("cpu"):
        loss = (layer(x.requires_grad_())[0] ** 2).sum()
        sources = [x, *layer.parameters()]
        first = torch.autograd.grad(loss, sources, retain_graph=True)
        # Another run between them uses the same code and tables.
        layer(torch.randn_like(x))[0].sum().backward()
        second = torch.autograd.grad(loss, sources)
    assert all(map(torch.equal, first, second))


def _distances(found, wanted):
    """The largest difference in each tensor, relative to its largest number."""
    largest = [theirs.abs().max().item() for theirs in wanted]
    # What is 0 but for rounding is measured by the largest number of all.
    scales = [one if one > 1e-10 * max(largest) else max(largest) for one in largest]
    return [
        (mine.double() - theirs).abs().max().item() / scale
        for mine, theirs, scale in zip(found, wanted, scales, strict=True)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_in_float32_it_is_about_as_near_to_float64_as_the_reference(name):
    layer = _layer(name, 20, 40, torch.float32)
    x = torch.randn(12, 9, 20)
    with use_kernel("reference"):
        own = _everything(layer, x, {})
        truth = _everything(copy.deepcopy(layer).double(), x.double(), {})
    with use_kernel("cpu"):
        found = _everything(layer, x, {})
    pairs = zip(_distances(found, truth), _distances(own, truth), strict=True)
    assert all(mine <= max(5 * theirs, 2e-6) for mine, theirs in pairs)


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


@pytest.mark.parametrize("shape", [(1, 3, 4), (6, 1, 4), (1, 1, 1)], ids=str)
def test_inputs_that_are_said_once_for_many_steps_or_rows_too(shape):
    layer = _layer("lstm", 4, 9, bidirectional=True)
    _agree(layer, torch.randn(shape, dtype=torch.float64).expand(6, 3, 4), {})


def _asked(layer, x, number, sources):
    """The gradients of one of the results, output first, where only some sources ask for any."""
    x = x.clone()
    everything = {"x": [x], "parameters": [*layer.parameters()], "one": [*layer.parameters()][3:4]}
    for parameter in layer.parameters():
        parameter.requires_grad_(False)
    for source in everything[sources]:
        source.requires_grad_()
    output, state = layer(x)
    result = [output, *_flat(state)][number]
    return torch.autograd.grad((result**2).sum(), everything[sources], allow_unused=True)


@pytest.mark.parametrize("sources", ["x", "parameters", "one"])
@pytest.mark.parametrize("number", range(5))
def test_gradients_of_each_result_alone_reach_what_asks_for_them_alone(number, sources):
    layer = _layer("lstm", 4, (9, 7))
    x = torch.randn(4, 3, 4, dtype=torch.float64)
    with use_kernel("cpu"):
        found = _asked(layer, x, number, sources)
    with use_kernel("reference"):
        wanted = _asked(layer, x, number, sources)
    for mine, theirs in zip(found, wanted, strict=True):
        torch.testing.assert_close(mine, torch.zeros_like(mine) if theirs is None else theirs)


def test_several_of_pythons_threads_may_run_a_layer_at_once():
    layer = _layer("lstm", 4, 33, torch.float32, bidirectional=True)
    inputs = [torch.randn(9, 1 + number % 5, 4) for number in range(20)]

    def run(x):
        output, _ = layer(x)
        return [output, *torch.autograd.grad((output**2).sum(), [*layer.parameters()])]

    wanted = [run(x) for x in inputs]
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(run, inputs)]
    for mine, theirs in zip(found, wanted, strict=True):
        assert all(map(torch.equal, mine, theirs))


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
    said = layer.kernel_report().splitlines()
    first, second = [line for line in said if line.startswith("layer")]
    assert first.startswith("layer 0 (lstm): cpu, compiled for this processor: ")
    assert "vectors of" in second
    assert all(line.startswith("  ") for line in said if line not in {first, second})
    with use_kernel("reference"):
        assert "layer 1 (lstm): reference, it was asked for" in layer.kernel_report()
    half = layer.to(torch.bfloat16)
    assert [choice.slower for choice in half.kernels()] == [True, True]


def test_transforms_of_torch_go_to_the_reference_without_a_word():
    layer, x = _layer("lstm", 2, 3), torch.randn(4, 5, 2, dtype=torch.float64)
    mapped = torch.func.vmap(lambda row: layer(row)[0], in_dims=1, out_dims=1)(x)
    torch.testing.assert_close(mapped, layer(x)[0])


def test_an_unknown_kernel_is_refused():
    with pytest.raises(OptionError, match="the kernel 'tpu'"), use_kernel("tpu"):
        pass
