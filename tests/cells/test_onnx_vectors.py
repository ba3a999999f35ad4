"""The test vectors of ONNX's own operators: RNN, LSTM and GRU, as every backend must compute them.

Their weights are alike throughout, so they tell directions, layouts and lengths rather than which
weight is whose: that is told by random weights, in test_independent_checks.py.
"""

import importlib

import numpy as np
import onnx
import onnx_twin
import pytest
import torch
from onnx.backend.test.case import node as cases

from recurra.layers import Recurrent


def vectors():
    """ONNX's cases for the three operators, which modules make when they are imported."""
    for operator in ("rnn", "lstm", "gru"):
        importlib.import_module(f"{cases.__name__}.{operator}")
    found = [
        c for c in cases._NodeTestCases if c.model.graph.node[0].op_type in {"RNN", "LSTM", "GRU"}
    ]
    return [pytest.param(case, id=case.name) for case in sorted(found, key=lambda c: c.name)]


@pytest.mark.parametrize("case", vectors())
def test_a_vector_of_onnx_comes_out(case):
    node = case.model.graph.node[0]
    ((given, wanted),) = case.data_sets
    inputs = dict(zip(filter(None, node.input), map(torch.as_tensor, given), strict=True))
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    found = outputs(node.op_type, inputs, attributes)
    for name, value in zip(filter(None, node.output), wanted, strict=True):
        np.testing.assert_allclose(found[name], value, rtol=1e-5, atol=1e-6)


def test_there_are_vectors_of_every_kind():
    names = {case.id for case in vectors()}
    assert len(names) >= 18
    for kind in ("lstm_with_peepholes", "gru_bidirectional", "rnn_seq_length", "gru_reverse"):
        assert f"test_{kind}" in names


def outputs(operator, inputs, attributes):
    """What our layer gives, by the operator's names."""
    layer = filled(operator, inputs, attributes)
    first = [inputs[name].double() for name in ("initial_h", "initial_c") if name in inputs]
    state = None if not first else tuple(first) if len(first) > 1 else first[0]
    with torch.no_grad():
        y, last = layer(inputs["X"].double(), state, lengths=inputs.get("sequence_lens"))
    ends = last if isinstance(last, tuple) else (last,)
    if layer.batch_first:
        ends = [end.transpose(0, 1) for end in ends]
    # The operator has its directions before the batch, or with batches first before the units.
    y = y.unflatten(-1, (len(layer.directions), -1))
    y = y if layer.batch_first else y.transpose(1, 2)
    return {"Y": y, **dict(zip(("Y_h", "Y_c"), ends, strict=False))}


def filled(operator, inputs, attributes):
    """A layer with the operator's weights."""
    way = attributes.get("direction", b"forward")
    gru = "gru" if attributes.get("linear_before_reset") else "gru_reset_before"
    name = {"RNN": "elman", "LSTM": "lstm_peephole", "GRU": gru}[operator]
    layer = Recurrent(
        name,
        inputs["X"].shape[-1],
        attributes["hidden_size"],
        bidirectional=way == b"bidirectional",
        reverse=way == b"reverse",
        batch_first=bool(attributes.get("layout")),
        dtype=torch.float64,
    )
    check = onnx_twin.check_of(name)
    with torch.no_grad():
        for place, direction in enumerate(layer.directions):
            weights = layer.weights(0, direction)
            for parameter in weights.values():
                parameter.zero_()
            for packed in {"W", "R", "B", "P"} & inputs.keys():
                names = getattr(check, packed)
                for number, part in enumerate(inputs[packed][place].chunk(len(names))):
                    # Where a cell has one bias for the operator's two it is their sum.
                    weights[names[number] or names[number % (len(names) // 2)]].add_(part)
    return layer
