"""ONNX Runtime: a model of one step, run plainly and with its inputs and outputs bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from stream import INPUTS, Array, Served, Stream

OPSET = 17
IR_VERSION = 10


def streams(served: Served) -> dict[str, Stream]:
    """Both ways."""
    session = _session(_model(served))
    return {
        "onnxruntime": Stream(OfSession(session, served.hidden_size).step),
        "onnxruntime, bound": Stream(OfBinding(session, served.hidden_size).step),
    }


class OfSession:
    """States are given and taken as arrays."""

    def __init__(self, session: onnxruntime.InferenceSession, units: int) -> None:
        self._session = session
        self._h, self._c = (np.zeros((1, 1, units), dtype=np.float32) for _ in range(2))

    def step(self, x: Array) -> Array:
        """(1, I) to (1, 1, 1)."""
        given = {"x": x[None], "h": self._h, "c": self._c}
        y, self._h, self._c = self._session.run(None, given)
        found: Array = y
        return found


class OfBinding:
    """All tensors stay where they are; the states go to and fro between two places."""

    def __init__(self, session: onnxruntime.InferenceSession, units: int) -> None:
        self._session = session
        self._x, self._y = _value(INPUTS), _value(1)
        self._states = [[_value(units), _value(units)] for _ in range(2)]
        self._bindings = [self._bound(turn) for turn in range(2)]
        self._turn = 0

    def _bound(self, turn: int) -> Any:
        binding = self._session.io_binding()
        before, after = self._states[turn], self._states[1 - turn]
        for name, value in zip(("x", "h", "c"), (self._x, *before), strict=True):
            binding.bind_ortvalue_input(name, value)
        for name, value in zip(("y", "h_after", "c_after"), (self._y, *after), strict=True):
            binding.bind_ortvalue_output(name, value)
        return binding

    def step(self, x: Array) -> Array:
        """(1, I) to (1, 1, 1)."""
        self._x.update_inplace(x[None])
        self._session.run_with_iobinding(self._bindings[self._turn])
        self._turn = 1 - self._turn
        found: Array = self._y.numpy()
        return found


def _value(width: int) -> Any:
    zeros = np.zeros((1, 1, width), dtype=np.float32)
    return onnxruntime.OrtValue.ortvalue_from_numpy(zeros)


def _session(model: onnx.ModelProto) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def _model(served: Served) -> onnx.ModelProto:
    """One step of the LSTM, and the dense layer on its state."""
    units = served.hidden_size
    nodes = [
        helper.make_node(
            "LSTM",
            ["x", "W", "R", "B", "", "h", "c"],
            ["", "h_after", "c_after"],
            hidden_size=units,
        ),
        helper.make_node("MatMul", ["h_after", "V"], ["product"]),
        helper.make_node("Add", ["product", "a"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "step",
        [_info("x", INPUTS), _info("h", units), _info("c", units)],
        [_info("y", 1), _info("h_after", units), _info("c_after", units)],
        [numpy_helper.from_array(array, name) for name, array in _weights(served).items()],
    )
    opset = [helper.make_opsetid("", OPSET)]
    return helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION)


def _info(name: str, width: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 1, width])


def _weights(served: Served) -> dict[str, Array]:
    biases = [_reordered(served.array(name)) for name in ("bias_ih_l0", "bias_hh_l0")]
    dense, last = served.dense
    return {
        "W": _reordered(served.array("weight_ih_l0"))[None],
        "R": _reordered(served.array("weight_hh_l0"))[None],
        "B": np.concatenate(biases)[None],
        "V": np.ascontiguousarray(dense[:, None]),
        "a": last,
    }


def _reordered(packed: Array) -> Array:
    """From torch's input, forget, candidate, output to ONNX's input, output, forget, candidate."""
    i, f, g, o = np.split(packed, 4)
    return np.ascontiguousarray(np.concatenate([i, o, f, g]))
