"""What a fit showed, as plain data: the content of metrics.json."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recurra.kernels import reference

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
        "kernel": reference.NAME,
        "seed": forecaster.seed,
        "inferred": forecaster.inferred_,
    }
