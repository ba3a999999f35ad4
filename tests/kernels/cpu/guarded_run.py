"""Cells run in guarded memory, against the same cells run as ever.

Its arguments are "ends" or "starts", then the cells' names.
"""

import copy
import sys
from itertools import product

import torch
from guarded_memory import Memory, install

from recurra import Recurrent, use_kernel
from recurra.cells import LSTM, LayerNorm, Zoneout

WRAPPED = {"layer_norm": LayerNorm(LSTM()), "zoneout": Zoneout(LSTM(), 0.3)}
ROWS, UNITS = (1, 3, 33), (1, 7, 63, 100)
STEPS, INPUTS = 4, 20
EVEN = {"depth_gated_lstm"}
"""Cells whose layers are all of one size."""
DOUBLE = {"gru", "zoneout"}
"""Cells that are run in float64."""


def _layer(name, units):
    torch.manual_seed(units)
    dtype = torch.float64 if name in DOUBLE else torch.float32
    cell = WRAPPED.get(name, name)
    # The second layer's input is wider than what it carries, or narrower.
    sizes = (units, units if name in EVEN else 8)
    return Recurrent(cell, INPUTS, sizes, bidirectional=True, truncate=3, dtype=dtype)


def _flat(state):
    if isinstance(state, torch.Tensor):
        return [state] if state.is_floating_point() else []
    return [tensor for part in state for tensor in _flat(part)]


def _results(layer, rows, *, carried):
    """Outputs, states and gradients; carried on from earlier states, of every step, or not."""
    torch.manual_seed(rows)
    dtype = next(layer.parameters()).dtype
    x = torch.randn(rows, STEPS, INPUTS, dtype=dtype).transpose(0, 1).requires_grad_()
    options = {"seed": 3, "lengths": [(row * 3 + 1) % (STEPS + 1) for row in range(rows)]}
    before = _before(layer, rows) if carried else None
    if carried:
        options |= {"reset": torch.rand(STEPS, rows) < 0.3, "states": "all"}
    output, state = layer(x, before, **options)
    states = _flat(state)
    ((output**2).sum() + sum((part**2).sum() for part in states)).backward()
    found = [output, *states, x.grad, *(p.grad for p in layer.parameters())]
    if carried:
        return [*found, *(part.grad for part in _flat(before))]
    with torch.no_grad():
        return [layer(x, before, **options)[0], *found]


def _before(layer, rows):
    """States to start from."""
    dtype = next(layer.parameters()).dtype
    with use_kernel("reference"), torch.no_grad():
        _, state = layer(torch.randn(1, rows, INPUTS, dtype=dtype), seed=2)
    for part in _flat(state):
        part.requires_grad_()
    return state


def _cases(names):
    """Every number of rows and of units with every cell; every other is carried on."""
    sizes = product(enumerate(ROWS), enumerate(UNITS))
    each = [(rows, units, (n + m) % 2 == 1) for (n, rows), (m, units) in sizes]
    return [(name, *case) for name in names for case in each]


def _fresh(layer, rows, carried):
    return _results(copy.deepcopy(layer), rows, carried=carried)


def main(place, *names):
    layers = {(name, units): _layer(name, units) for name, units in product(names, UNITS)}
    with use_kernel("cpu"):
        wanted = [
            _fresh(layers[n, units], rows, carried) for n, rows, units, carried in _cases(names)
        ]
        memory = Memory(ends=place == "ends")
        install(memory)
        for (name, rows, units, carried), results in zip(_cases(names), wanted, strict=True):
            sys.stdout.write(f"{name}, {rows} rows, {units} units, carried: {carried}\n")
            sys.stdout.flush()
            found = _fresh(layers[name, units], rows, carried)
            for mine, theirs in zip(found, results, strict=True):
                assert torch.equal(mine, theirs)
            memory.release()


if __name__ == "__main__":
    main(*sys.argv[1:])
