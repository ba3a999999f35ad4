"""The module of torch.nn that a cell says it equals, with the same numbers in it."""

import torch
from torch import nn


def twin(layer, check):
    """The module of torch.nn with the weights of a Recurrent layer."""
    module = getattr(nn, check.module)(
        layer.input_size,
        layer.hidden_sizes[0],
        layer.num_layers,
        bidirectional=layer.bidirectional,
        dtype=torch.float64,
        **dict(check.options),
    )
    with torch.no_grad():
        for name, parameters in _pairs(layer, check):
            getattr(module, name).copy_(torch.cat([p.detach() for p in parameters]))
    return module


def gradients_by_name(module, layer, check):
    """The twin's gradients cut into those of the cell's own parameters, in the layer's order."""
    found = {}
    for name, parameters in _pairs(layer, check):
        parts = getattr(module, name).grad.chunk(len(parameters))
        found.update(zip(map(id, parameters), parts, strict=True))
    return [found[id(parameter)] for parameter in layer.parameters()]


def _pairs(layer, check):
    """Each of torch's packed parameters with those of the cell that it is stacked from."""
    for number, directions in enumerate(layer.layers):
        for direction, weights in directions.named_children():
            suffix = f"_l{number}" + ("_reverse" if direction == "backwards" else "")
            for packed in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
                units = weights.get_parameter(check.bias_ih[0]).shape
                yield (
                    packed + suffix,
                    [
                        # A bias that the cell lacks is zero in torch.
                        weights.get_parameter(name) if name else torch.zeros(units).double()
                        for name in getattr(check, packed)
                    ],
                )
