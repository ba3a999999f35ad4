"""What a fit showed, as plain data: the content of metrics.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recurra.forecasting.model import recurrent_layers

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster
    from recurra.forecasting.model import Model


@dataclass(frozen=True)
class Seconds:
    """Wall-clock time."""

    fit: float
    predict: float


def metrics(forecaster: Forecaster, seconds: Seconds) -> dict[str, Any]:
    """The figures of a fit.

    Args:
        forecaster: Fitted.
        seconds: How long fitting and predicting took.

    Returns:
        Data that JSON can hold: None stands where a metric is not defined.
    """
    evaluation = forecaster.evaluation_
    return {
        "test": None if evaluation is None else evaluation.to_json(),
        "verdict": forecaster.verdict_,
        "parameters": _parameters(forecaster.model_),
        "epochs": len(forecaster.history_.epoch),
        "seconds": {"fit": round(seconds.fit, 3), "predict": round(seconds.predict, 3)},
        "kernel": _kernel(forecaster.model_),
        "seed": forecaster.seed,
        "inferred": forecaster.inferred_,
    }


def _parameters(model: Model) -> int:
    return sum(weight.numel() for one in model.modules() for weight in one.parameters())


def _kernel(model: Model) -> str:
    """Which kernels run the layers of the model's networks."""
    every = (choice.kernel for layers in recurrent_layers(model) for choice in layers.kernels())
    return ", ".join(dict.fromkeys(every))
