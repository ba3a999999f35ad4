"""The operators of ONNX with the numbers of a layer in them."""

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper

from recurra import cells
from recurra.conformance.carried import taken_apart
from recurra.language import SameAsONNX
from recurra.layers.state import pack

PER_DIRECTION = ("activations", "activation_alpha", "activation_beta")
ELEMENTS = {np.dtype("float32"): TensorProto.FLOAT, np.dtype("float64"): TensorProto.DOUBLE}

ALSO = {
    "elman": SameAsONNX("RNN", W=("W",), R=("U",), B=("b", "")),
    "lstm": SameAsONNX(
        "LSTM",
        W=("W_i", "W_o", "W_f", "W_g"),
        R=("U_i", "U_o", "U_f", "U_g"),
        B=("b_i", "b_o", "b_f", "b_g", "", "", "", ""),
    ),
    "gru": SameAsONNX(
        "GRU",
        W=("W_z", "W_r", "W_n"),
        R=("U_z", "U_r", "U_n"),
        B=("b_z", "b_r", "b_n", "", "", "b_Un"),
        attributes={"linear_before_reset": 1},
    ),
}
"""Cells that ONNX has too, though the check that they declare is torch's."""


def check_of(name):
    """How a cell is stacked in an operator."""
    return ALSO.get(name) or cells.find(name)().check


def named():
    """The cells that ONNX has."""
    declared = [n for n in cells.names() if isinstance(cells.find(n)().check, SameAsONNX)]
    return sorted([*declared, *ALSO])


def inputs(layer, check, batch, dtype, lengths=None):
    """What the operator is given, by its own names."""
    given = {"X": batch.x}
    for name in ("W", "R", "B", "P"):
        if names := getattr(check, name):
            given[name] = torch.stack([_stacked(layer, d, names) for d in layer.directions])
    given |= zip(("initial_h", "initial_c"), _together(batch.state), strict=False)
    found = {name: value.detach().numpy().astype(dtype) for name, value in given.items()}
    if lengths is not None:
        found["sequence_lens"] = np.asarray(lengths, dtype=np.int32)
    return found


def model(check, given, layer):
    """A model of the operator alone."""
    order = ["X", "W", "R", "B", "sequence_lens", "initial_h"]
    order += ["initial_c", "P"] if check.operator == "LSTM" else []
    outputs = ["Y", "Y_h"] + ["Y_c"] * (check.operator == "LSTM")
    ways = {2: "bidirectional", 1: "reverse" if layer.reverse else "forward"}
    node = helper.make_node(
        check.operator,
        [name if name in given else "" for name in order],
        outputs,
        hidden_size=layer.hidden_sizes[0],
        direction=ways[len(layer.directions)],
        **_attributes(check, len(layer.directions)),
    )
    element = ELEMENTS[given["X"].dtype]
    values = [
        helper.make_tensor_value_info(
            name, TensorProto.INT32 if name == "sequence_lens" else element, value.shape
        )
        for name, value in given.items()
    ]
    results = [helper.make_tensor_value_info(name, element, None) for name in outputs]
    graph = helper.make_graph([node], "twin", values, results)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)


def outcome(layer, results):
    """The operator's outputs and last states, as a layer's."""
    output, *states = (torch.from_numpy(np.asarray(value)) for value in results)
    # (T, directions, B, H), where a layer has its directions side by side.
    flat = output.transpose(1, 2).flatten(2)
    return flat, taken_apart(layer, tuple(states) if len(states) > 1 else states[0])


def run(built, given):
    """The outputs of a model by onnxruntime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        built.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return session.run(None, given)


def _stacked(layer, direction, names):
    """The cell's parameters one upon another, zeros where the cell has none."""
    weights = layer.weights(0, direction)
    like = next(weights[name] for name in names if name)
    parts = [weights[name] if name else torch.zeros_like(like) for name in names]
    return torch.cat([part.detach() for part in parts])


def _together(state):
    """Each state of all directions, (directions, B, H)."""
    packed = pack(state)
    return packed if isinstance(packed, tuple) else (packed,)


def _attributes(check, ways):
    """The operator's attributes, those of one direction once for each."""
    return {
        name: value * ways if name in PER_DIRECTION else value
        for name, value in check.attributes.items()
    }
