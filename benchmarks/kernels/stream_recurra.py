"""Recurra's stepper."""

from __future__ import annotations

from typing import Any

from stream import Served, Stream

import recurra


def streams(served: Served) -> dict[str, Stream]:
    """The stepper, given tensors and given arrays; nothing where the layer has none yet."""
    layer: Any = recurra.LSTM(served.lstm.input_size, served.hidden_size).eval()
    layer.load_state_dict(served.lstm.state_dict())
    if not hasattr(layer, "stepper"):
        print("Recurra's stepper is left out: the layer has none", flush=True)
        return {}
    of_arrays, of_tensors = (layer.stepper(1, head=served.head) for _ in range(2))
    return {
        "recurra, arrays": Stream(of_arrays.step),
        "recurra, tensors": Stream(of_tensors.step, tensors=True),
    }
