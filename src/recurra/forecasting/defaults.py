"""The callbacks of a forecaster that is not told otherwise: those of the reference case."""

from recurra.training import Callback, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau


def default_callbacks() -> list[Callback]:
    """Stop after 20 epochs without progress, keep the best weights, cut the rate after 10.

    All three go by the loss on the validation part.
    """
    return [
        EarlyStopping(patience=20),
        ModelCheckpoint(save_best_only=True),
        ReduceLROnPlateau(factor=0.1, patience=10, min_delta=1e-5),
    ]
