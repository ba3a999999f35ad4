"""Runs a layer of Keras on given weights: `python keras_runner.py given.npz found.npz`.

It is called with a Python of its own that has Keras, which need not have torch.
"""

import sys

import jax
import keras
import numpy as np


def main(given_path, found_path):
    given = np.load(given_path)
    # Keras's own tanh rounds float64 to float32 on JAX.
    options = {"dtype": "float64", "activation": jax.numpy.tanh}
    if "reset_after" in given:
        options["reset_after"] = bool(given["reset_after"])
    kind = getattr(keras.layers, str(given["layer"]))
    layer = kind(given["U"].shape[0], return_sequences=True, return_state=True, **options)
    layer.build(given["x"].shape)
    layer.set_weights([given["W"], given["U"], given["b"]])
    states = [given[name] for name in ("h", "c") if name in given]
    output, *last = layer(given["x"], initial_state=states)
    arrays = {name: np.asarray(part) for name, part in zip("hc", last, strict=False)}
    np.savez(found_path, output=np.asarray(output), **arrays)


main(*sys.argv[1:])
