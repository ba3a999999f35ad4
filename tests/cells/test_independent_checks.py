"""Cells held against other libraries' cells, wherever they say that they equal one.

Those of torch.nn, other cells and examples worked by hand are part of the conformance suite.
"""

from dataclasses import replace

import onnx_twin
import pytest
import torch
import torchrecurrent_twin
from onnx.reference import ReferenceEvaluator

from recurra import cells
from recurra.conformance.batch import call
from recurra.conformance.carried import changed
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.conformance.sizes import Sizes
from recurra.language import SameAsTorchrecurrent

IGNORED = {"activations", "input_forget"}
"""Attributes that ONNX's reference evaluator passes over in silence."""


TORCHRECURRENT = [
    name for name in cells.names() if isinstance(cells.find(name)().check, SameAsTorchrecurrent)
]
ONNX = onnx_twin.named()
EVALUATED = [name for name in ONNX if not IGNORED & onnx_twin.check_of(name).attributes.keys()]


@pytest.fixture(autouse=True)
def _same_numbers():
    torch.manual_seed(7)


@pytest.mark.parametrize("name", TORCHRECURRENT)
@pytest.mark.parametrize("sizes", [(1, 3, 4), (2, 2, 5), (2, 4, 4), (1, 1, 1)], ids=str)
def test_it_is_the_layer_of_torchrecurrent(name, sizes):
    layer = drawn_layer(cells.find(name)(), Sizes(*sizes))
    module = torchrecurrent_twin.twin(layer, layer.cell.check)
    batch = drawn_batch(layer, steps=7)
    compare = Comparison(1e-12)
    for state in (None, batch.state):
        found = call(layer, replace(batch, state=state))
        output, last = torchrecurrent_twin.run(module, batch.x, state)
        compare.tensors("the output", found.output, output)
        for own, theirs in zip(found.state, last, strict=True):
            compare.lists("a last state", [*own.values()], theirs[: len(own)])


@pytest.mark.parametrize("name", EVALUATED)
@pytest.mark.parametrize("way", [{}, {"reverse": True}, {"bidirectional": True}], ids=str)
@pytest.mark.parametrize("sizes", [(1, 3, 4), (1, 1, 1), (1, 5, 2)], ids=str)
def test_it_is_the_reference_evaluation_of_onnx(name, way, sizes):
    layer = drawn_layer(cells.find(name)(), Sizes(*sizes), **way)
    check, batch = onnx_twin.check_of(name), drawn_batch(layer, steps=7)
    given = onnx_twin.inputs(layer, check, batch, "float64")
    results = ReferenceEvaluator(onnx_twin.model(check, given, layer)).run(None, given)
    output, state = onnx_twin.outcome(layer, results)
    found, compare = call(layer, batch), Comparison(1e-12)
    compare.tensors("the output", found.output, output)
    compare.carried(found.state, state)


@pytest.mark.parametrize("name", ONNX)
@pytest.mark.parametrize("way", [{}, {"reverse": True}, {"bidirectional": True}], ids=str)
@pytest.mark.parametrize("lengths", [None, (3, 7, 1, 5)], ids=str)
@pytest.mark.parametrize("sizes", [(1, 3, 4), (1, 1, 1), (1, 5, 2)], ids=str)
def test_it_is_the_operator_of_onnxruntime(name, way, lengths, sizes):
    layer = drawn_layer(cells.find(name)(), Sizes(*sizes), **way)
    check, batch = onnx_twin.check_of(name), drawn_batch(layer, steps=7)
    given = onnx_twin.inputs(layer, check, batch, "float32", lengths)
    output, state = onnx_twin.outcome(
        layer, onnx_twin.run(onnx_twin.model(check, given, layer), given)
    )
    # onnxruntime has no recurrent operators in float64; ours in float64 has no rounding of its own.
    found, compare = call(layer, batch, lengths=lengths), Comparison(1e-6)
    compare.tensors("the output", found.output, output.double())
    compare.carried(found.state, changed(state, torch.Tensor.double))


def test_cells_are_held_against_each():
    assert TORCHRECURRENT
    assert {"elman", "gru", "gru_reset_before", "lstm", "lstm_peephole"} <= {*EVALUATED}
    assert {*ONNX} > {*EVALUATED}
