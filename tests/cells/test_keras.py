"""Keras's layers with our weights: KERAS_PYTHON names a Python that has Keras and JAX."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from recurra import cells
from recurra.conformance.batch import call
from recurra.conformance.comparison import Comparison
from recurra.conformance.drawing import drawn_batch, drawn_layer
from recurra.conformance.sizes import Sizes

PYTHON = os.environ.get("KERAS_PYTHON")
RUNNER = Path(__file__).with_name("keras_runner.py")
GATES = {"elman": ("",), "lstm": "ifgo", "gru": "zrn", "gru_reset_before": "zrn"}
LAYERS = {"elman": "SimpleRNN", "lstm": "LSTM", "gru": "GRU", "gru_reset_before": "GRU"}

pytestmark = pytest.mark.skipif(PYTHON is None, reason="KERAS_PYTHON names no Python with Keras")


@pytest.mark.parametrize("name", GATES)
@pytest.mark.parametrize("sizes", [(1, 3, 4), (1, 5, 16)], ids=str)
def test_it_is_the_layer_of_keras(name, sizes, tmp_path):
    torch.manual_seed(7)
    layer = drawn_layer(cells.find(name)(), Sizes(*sizes))
    batch = drawn_batch(layer, steps=9)
    found = keras(given(layer, batch, name), tmp_path)
    wanted = call(layer, batch)
    compare = Comparison(1e-12)
    compare.tensors("the output", found["output"].transpose(0, 1), wanted.output)
    for state, part in wanted.state[0].items():
        compare.tensors(f"the last {state}", found[state], part)


def given(layer, batch, name):
    """What Keras is given: its kernels have a column a unit, the gates side by side."""
    weights = layer.weights(0, "forwards")

    def stacked(family):
        names = [f"{family}_{letter}" if letter else family for letter in GATES[name]]
        return torch.cat([weights.get(part, torch.zeros(layer.hidden_sizes[0])) for part in names])

    arrays = {"x": batch.x.transpose(0, 1), **batch.state[0]}
    arrays |= {"W": stacked("W").t(), "U": stacked("U").t(), "b": stacked("b")}
    if name == "gru":
        zero = torch.zeros(2 * layer.hidden_sizes[0], dtype=torch.float64)
        arrays["b"] = torch.stack([stacked("b"), torch.cat([zero, weights["b_Un"]])])
    found = {key: value.detach().numpy() for key, value in arrays.items()}
    if LAYERS[name] == "GRU":
        found["reset_after"] = np.array(name == "gru")
    return {"layer": np.array(LAYERS[name]), **found}


def keras(arrays, folder):
    """What the layer of Keras gives."""
    np.savez(folder / "given.npz", **arrays)
    settings = {"KERAS_BACKEND": "jax", "JAX_ENABLE_X64": "1", "JAX_PLATFORMS": "cpu"}
    subprocess.run(
        [PYTHON, RUNNER, folder / "given.npz", folder / "found.npz"],
        env={**os.environ, **settings},
        check=True,
        capture_output=True,
    )
    with np.load(folder / "found.npz") as found:
        return {key: torch.from_numpy(found[key]) for key in found.files}
