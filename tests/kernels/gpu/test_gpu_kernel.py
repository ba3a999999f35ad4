"""The kernel for GPUs against the reference in float64: every cell, every option, odd sizes.

Without a GPU Triton's interpreter runs it, where Triton is installed.
"""

import gc
import weakref
from dataclasses import replace

import interpreted
import pytest
import torch
from kernel_tasks import NARROW, recorded, task

from recurra import Recurrent, cells, use_kernel
from recurra.cells import LSTM, LayerNorm, Zoneout
from recurra.kernels import reference
from recurra.kernels.gpu import kernel, memory
from recurra.kernels.gpu.tiling import Tiling

# NumPy, in which the interpreter computes, speaks of the rows that a block has too many.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ARCHETYPES = ("lstm", "scrn", "clockwork", "fastgrnn", "gru_reset_before")
NAMES = [
    name if name in ARCHETYPES else pytest.param(name, marks=pytest.mark.every_cell)
    for name in cells.names()
]
MARKED = {
    "plain": {},
    "marked": {
        "lengths": torch.tensor([4, 0, 3]),
        "reset": torch.tensor([[0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 1]], dtype=torch.bool),
        "every": True,
    },
    "cut": {"truncate": 2, "every": True},
}


def _on_device(whole, dtype):
    """The same task on the device the kernel runs on."""

    def moved(tensor):
        dtyped = dtype if tensor.is_floating_point() else None
        return tensor.to(interpreted.DEVICE, dtyped)

    drawn = whole.stream
    return replace(
        whole,
        parameters={name: moved(one) for name, one in whole.parameters.items()},
        inputs={name: moved(one) for name, one in whole.inputs.items()},
        state=tuple(moved(one) for one in whole.state),
        lengths=None if whole.lengths is None else moved(whole.lengths),
        reset=None if whole.reset is None else moved(whole.reset),
        stream=drawn and replace(drawn, rows=moved(drawn.rows), steps=moved(drawn.steps)),
    )


def _everything(run, whole, dtype):
    """Outputs, states and the gradients of all that gradients are wanted of."""
    marked, sources = recorded(_on_device(whole, dtype))
    result = run(marked)
    parts = [result.output, *result.last, *(result.every or ())]
    loss = sum((part * (part + _weights(part))).sum() for part in parts)
    found = torch.autograd.grad(loss, sources, allow_unused=True, materialize_grads=True)
    return [*parts, *found]


def _weights(part):
    steps = torch.linspace(-1, 1, part.numel(), dtype=part.dtype, device=part.device)
    return steps.view_as(part)


def _agree(whole):
    found = _everything(kernel.run, whole, torch.float32)
    wanted = _everything(reference.run, whole, torch.float64)
    rounded = _everything(reference.run, whole, torch.float32)
    for mine, theirs, near in zip(found, wanted, rounded, strict=True):
        scale = 1 + theirs.abs().max()
        # Where rounding alone does more harm, as in quotients of small numbers, so it may here.
        most = max(1e-5, 2 * ((near - theirs).abs().max() / scale).item())
        assert ((mine - theirs).abs().max() / scale).item() <= most


@pytest.mark.parametrize("kind", MARKED)
@pytest.mark.parametrize("name", NAMES)
def test_every_cell_computes_what_the_reference_computes(name, kind):
    _agree(task(cells.find(name)(), 4, 3, **MARKED[kind]))


@pytest.mark.parametrize(
    ("cell", "training"), [(Zoneout(LSTM(), 0.3), True), (LayerNorm(LSTM()), False)]
)
def test_regularised_cells_too(cell, training):
    _agree(task(cell, 3, 2, ways={"training": training}))


@pytest.mark.parametrize("cell", NARROW)
@pytest.mark.parametrize("kind", ["plain", "marked"])
def test_products_of_a_single_number_too(cell, kind):
    _agree(task(cell, 4, 3, **MARKED[kind]))


@pytest.mark.parametrize("name", ["gru", pytest.param("lstm_fgr", marks=pytest.mark.every_cell)])
def test_rows_units_and_terms_in_several_blocks(name, monkeypatch):
    """Blocks smaller than the layer, the last of each not full."""
    cut = Tiling(rows=2, units=2, terms=2, row_blocks=3, programs=1)
    if interpreted.DEVICE.type == "cuda":
        cut = Tiling(rows=16, units=16, terms=16, row_blocks=1, programs=1)
    monkeypatch.setattr(memory, "tiling", lambda *_: cut)
    _agree(task(cells.find(name)(), 3, 5, lengths=torch.tensor([3, 2, 0, 1, 3])))


def test_second_derivatives_are_the_references():
    whole = _on_device(task(LSTM(), 3, 2), torch.float32)

    def second(run):
        marked, sources = recorded(whole)
        (first,) = torch.autograd.grad(
            (run(marked).output ** 3).sum(), sources[:1], create_graph=True
        )
        return torch.autograd.grad(first.pow(2).sum(), sources)

    for mine, theirs in zip(second(kernel.run), second(reference.run), strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)


def test_without_gradients_it_gives_the_same_numbers():
    whole = _on_device(task(LSTM(), 4, 3), torch.float32)
    marked, _ = recorded(whole)
    trained = kernel.run(marked)
    plain = kernel.run(whole)
    assert not plain.output.requires_grad
    assert torch.equal(plain.output, trained.output)
    for mine, theirs in zip(plain.last, trained.last, strict=True):
        assert torch.equal(mine, theirs)


def test_an_output_changed_in_place_is_not_used_for_gradients():
    marked, sources = recorded(_on_device(task(LSTM(), 4, 3), torch.float32))
    output = kernel.run(marked).output
    output.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        torch.autograd.grad(output.sum(), sources)


def test_nothing_is_held_when_the_results_are_gone():
    marked, _ = recorded(_on_device(task(LSTM(), 2, 2), torch.float32))
    gc.disable()
    try:
        result = kernel.run(marked)
        held = weakref.ref(result.output.grad_fn)
        del result
        assert held() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "options",
    [{"bidirectional": True, "num_layers": 2}, {"dilation": 2}, {"proj_size": 3}],
    ids=str,
)
def test_a_layer_gives_what_it_gives_by_the_reference(options):
    torch.manual_seed(0)
    layer = Recurrent("lstm", 3, 8, **options).to(interpreted.DEVICE)
    x = torch.randn(5, 3, 3, device=interpreted.DEVICE, requires_grad=True)
    found = {}
    for name in ("gpu", "reference"):
        with use_kernel(name):
            output, _ = layer(x, lengths=[5, 0, 3])
        found[name] = output, *torch.autograd.grad(output.square().sum(), [x, *layer.parameters()])
    for mine, theirs in zip(found["gpu"], found["reference"], strict=True):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=1e-5)
