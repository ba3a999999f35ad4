"""What a forecaster that learns step by step is, if not told otherwise: the reference case."""

from collections.abc import Mapping
from typing import Any

from recurra.training import Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau

REFERENCE_CASE: Mapping[str, Any] = {
    "cell": "lstm",
    "hidden_size": (50, 100),
    "optimizer": "rmsprop",
    "learning_rate": 1e-3,
    "epochs": 50,
    "batch_size": 32,
}
"""Options by name."""


def default_callbacks() -> list[Callback]:
    """Stop after 20 epochs without progress, keep the best weights, cut the rate after 10.

    All three go by the loss on the validation part.
    """
    return [
        EarlyStopping(patience=20),
        ModelCheckpoint(save_best_only=True),
        ReduceLROnPlateau(factor=0.1, patience=10, min_delta=1e-5),
    ]
