"""The layer of torchrecurrent that a cell says it equals, with the same numbers in it."""

import torch
import torchrecurrent

from recurra.language import trace


def twin(layer, check):
    """The layer of torchrecurrent with the weights of a Recurrent layer."""
    kind = getattr(torchrecurrent, check.module)
    module = kind(
        layer.input_size,
        layer.hidden_sizes[0],
        num_layers=layer.num_layers,
        dtype=torch.float64,
        **check.options,
    )
    with torch.no_grad():
        for number, cell in enumerate(module.cells):
            _fill(dict(cell.named_parameters()), _weights(layer, number), check)
    return module


def run(module, x, state):
    """The output, and for each layer the last states in their order."""
    if state is not None:
        parts = [torch.stack([own[name] for own in state]) for name in state[0]]
        # JANET of one state has it twice in torchrecurrent.
        double = module.cells[0].uses_double_state()
        state = (parts[0], parts[-1]) if double else parts[0]
    output, last = module(x, state)
    return output, [*zip(*(last if isinstance(last, tuple) else (last,)), strict=True)]


def _weights(layer, number):
    """The parameters of a layer; what gives way to the input itself is an identity."""
    every = trace(layer.cell).parameters.keys()
    weights = layer.weights(number, "forwards")
    units = torch.eye(layer.hidden_sizes[number], dtype=torch.float64)
    return {name: weights.get(name, units) for name in every}


def _fill(theirs, weights, check):
    # Those of theirs that the check does not name have the value that it makes the layer with.
    assert theirs.keys() - check.packed.keys() <= check.options.keys()
    for packed, names in check.packed.items():
        parts = theirs[packed].chunk(len(names)) if theirs[packed].dim() else [theirs[packed]]
        for part, name in zip(parts, names, strict=True):
            part.copy_(weights[name].view_as(part) if name else torch.zeros_like(part))
