"""The LSTM's equations in numpy: one product a step, of all gates with input and state."""

from __future__ import annotations

import numpy as np
from stream import INPUTS, Array, Served, Stream


def streams(served: Served) -> dict[str, Stream]:
    """Numpy alone."""
    return {"numpy": Stream(OfNumpy(served).step)}


class OfNumpy:
    """Weights side by side, sigmoid and tanh as numpy has them."""

    def __init__(self, served: Served) -> None:
        parts = [served.array("weight_ih_l0"), served.array("weight_hh_l0")]
        self._weight = np.ascontiguousarray(np.concatenate(parts, axis=1))
        self._bias = served.array("bias_ih_l0") + served.array("bias_hh_l0")
        self._dense, self._last = served.dense
        self._units = served.hidden_size
        self._seen = np.zeros(INPUTS + self._units, dtype=np.float32)
        self._cell: Array = np.zeros(self._units, dtype=np.float32)

    def step(self, x: Array) -> Array:
        """(1, I) to (1,)."""
        units, seen = self._units, self._seen
        seen[:INPUTS] = x[0]
        z = self._weight @ seen + self._bias
        gates = 1 / (1 + np.exp(-z))
        candidate = np.tanh(z[2 * units : 3 * units])
        self._cell = gates[units : 2 * units] * self._cell + gates[:units] * candidate
        seen[INPUTS:] = gates[3 * units :] * np.tanh(self._cell)
        output: Array = self._dense @ seen[INPUTS:] + self._last
        return output
