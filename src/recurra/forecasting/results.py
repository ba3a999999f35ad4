"""What a fit showed, as plain data: the content of metrics.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from recurra.forecasting.forecaster import Forecaster


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
        "parameters": sum(p.numel() for p in forecaster.network_.parameters()),
        "epochs": len(forecaster.history_.epoch),
        "seconds": {"fit": round(seconds.fit, 3), "predict": round(seconds.predict, 3)},
        "kernel": _kernel(forecaster),
        "seed": forecaster.seed,
        "inferred": forecaster.inferred_,
    }


def _kernel(forecaster: Forecaster) -> str:
    """Which kernels run the network's layers."""
    found = dict.fromkeys(choice.kernel for choice in forecaster.network_.recurrent.kernels())
    return ", ".join(found)
