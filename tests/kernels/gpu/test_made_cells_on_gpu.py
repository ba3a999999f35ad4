"""Cells that nobody wrote: any mixture of what the language understands, against the reference."""

import copy

import interpreted
import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_cells import cells as made_cells

from recurra import Recurrent, use_kernel

# NumPy, in which the interpreter computes, speaks of the rows that a block has too many.
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

SIZES = [(3, 2, 20, 8), (4, 5, 6, 36), (2, 17, 34, 18)]


def _call(steps, rows, inputs, *, marked):
    """What a layer is called with."""
    draw = torch.Generator().manual_seed(steps)
    options = {
        "dt": torch.rand(steps, rows, generator=draw) + 0.1,
        "missing": torch.rand(steps, rows, inputs, generator=draw) < 0.3,
    }
    options = {name: value.to(interpreted.DEVICE) for name, value in options.items()}
    if marked:
        reset = torch.rand(steps, rows, generator=draw) < 0.3
        lengths = [row % (steps + 1) for row in range(rows)]
        return options | {"lengths": lengths, "reset": reset.to(interpreted.DEVICE)}
    return options | {"states": "all"}


def _results(kernel, layer, x, options):
    """Outputs, states and gradients, those that nothing reaches as 0."""
    x = x.clone().requires_grad_()
    given = options | {"dt": options["dt"].to(x.dtype)}
    with use_kernel(kernel):
        output, state = layer(x, seed=5, **given)
    states = [part for part in state if part.is_floating_point()]
    loss = (output**2).sum() + sum((part**2).sum() for part in states)
    sources = [x, *layer.parameters()]
    found = torch.autograd.grad(loss, sources, allow_unused=True, materialize_grads=True)
    return [output, *states, *found]


@pytest.mark.every_cell
@settings(
    deadline=None,
    max_examples=30,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cell=made_cells, sizes=st.sampled_from(SIZES), bias=st.booleans(), marked=st.booleans())
def test_they_compute_on_a_gpu_what_the_reference_computes(cell, sizes, bias, marked):
    steps, rows, inputs, units = sizes
    torch.manual_seed(0)
    ways = {"bias": bias, "bidirectional": True, "truncate": None if marked else 2}
    layer = Recurrent(cell, inputs, units, **ways).to(interpreted.DEVICE)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    x = torch.randn(steps, rows, inputs, device=interpreted.DEVICE)
    options = _call(steps, rows, inputs, marked=marked)
    found, rounded = (_results(kernel, layer, x, options) for kernel in ("gpu", "reference"))
    wanted = _results("reference", copy.deepcopy(layer).double(), x.double(), options)
    for mine, near, theirs in zip(found, rounded, wanted, strict=True):
        most = max(2e-5 * (1 + theirs.abs().max()), 4 * (near - theirs).abs().max())
        assert (mine - theirs).abs().max() <= most
