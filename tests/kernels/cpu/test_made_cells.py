"""Cells that nobody wrote: any mixture of what the language understands, against the reference."""

import pytest
import torch
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from made_cells import cells as made_cells

from recurra import Recurrent, use_kernel

SIZES = [(3, 2, 20, 8), (4, 5, 6, 36), (2, 1, 34, 18)]


def _call(steps, rows, inputs, *, marked):
    """What a layer is called with."""
    draw = torch.Generator().manual_seed(steps)
    options = {
        "dt": torch.rand(steps, rows, generator=draw, dtype=torch.float64) + 0.1,
        "missing": torch.rand(steps, rows, inputs, generator=draw) < 0.3,
    }
    if marked:
        lengths = [row % (steps + 1) for row in range(rows)]
        return options | {
            "lengths": lengths,
            "reset": torch.rand(steps, rows, generator=draw) < 0.3,
        }
    return options | {"states": "all"}


def _results(kernel, layer, x, options):
    """Outputs, states and gradients, those that nothing reaches as 0."""
    layer.zero_grad()
    x = x.clone().requires_grad_()
    with use_kernel(kernel):
        output, state = layer(x, seed=5, **options)
    states = [part for part in state if part.is_floating_point()]
    ((output**2).sum() + sum((part**2).sum() for part in states)).backward()
    sources = [x, *layer.parameters()]
    return [output, *states, *(s.grad if s.grad is not None else 0 * s for s in sources)]


@pytest.mark.every_cell
@settings(
    deadline=None,
    max_examples=60,
    # Each is compiled anew, so that looking for a smaller one takes longer than it helps.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(cell=made_cells, sizes=st.sampled_from(SIZES), bias=st.booleans(), marked=st.booleans())
def test_they_compute_what_the_reference_computes(cell, sizes, bias, marked):
    steps, rows, inputs, units = sizes
    torch.manual_seed(0)
    ways = {"bias": bias, "bidirectional": True, "truncate": None if marked else 2}
    layer = Recurrent(cell, inputs, units, dtype=torch.float64, **ways)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.add_(torch.randn_like(parameter) / 4)
    x = torch.randn(steps, rows, inputs, dtype=torch.float64)
    options = _call(steps, rows, inputs, marked=marked)
    found, wanted = (_results(kernel, layer, x, options) for kernel in ("cpu", "reference"))
    for mine, theirs in zip(found, wanted, strict=True):
        assert (mine - theirs).abs().max() <= 1e-10 * (1 + theirs.abs().max())
