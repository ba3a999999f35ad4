"""The verdict on a model, in a sentence, even where it hurts."""

from __future__ import annotations

from dataclasses import dataclass

from recurra.forecasting.evaluation import Evaluation
from recurra.forecasting.metrics import Scores
from recurra.forecasting.plan import Plan
from recurra.significance.diebold_mariano import DieboldMariano

TIE = 0.02
"""Mean errors that differ by less than this share are called equal."""


@dataclass(frozen=True)
class Rival:
    """A forecast to compare with: what it is called, its scores, and the test of the difference."""

    name: str
    scores: Scores
    test: DieboldMariano


def judge(evaluation: Evaluation, plan: Plan, season: int, *, one_step: bool) -> str:
    """The verdict on an evaluation.

    Args:
        evaluation: Errors of the model and of the naive forecasts on the same points.
        plan: Horizon and test part.
        season: In steps; 1 if there is none, so that the seasonal naive forecast is no rival.
        one_step: Whether forecasts are judged that were each made from true values.
    """
    points = f"the last {plan.test:,} points"
    if one_step:
        own, ending = evaluation.one_step, "_one_step"
        where = f"{points}, each forecast from those before it"
    else:
        own, ending = evaluation.multi_step, ""
        where = f"{points}, forecast {plan.reach} at a time"
    names = {f"naive{ending}": "the last value repeated (naive)"}
    if season > 1:
        names[f"seasonal_naive{ending}"] = "the last season repeated (seasonal naive)"
    rivals = [
        Rival(name, getattr(evaluation, kind), evaluation.tests[kind])
        for kind, name in names.items()
    ]
    return verdict(own, rivals, where)


def verdict(own: Scores, rivals: list[Rival], where: str) -> str:
    """Compares a model with the best of its rivals.

    Args:
        own: The model's scores.
        rivals: Naive forecasts on the same points.
        where: What was forecast, as "the last 12 points, each from the one before".

    Returns:
        One or two sentences.
    """
    if own.mae is None:
        return "Nothing was observed in the test part, so the forecasts could not be judged."
    metric = _common_metric([own, *(rival.scores for rival in rivals)])
    errors = {rival.name: getattr(rival.scores, metric) for rival in rivals}
    best = min(rivals, key=lambda rival: errors[rival.name])
    if not errors[best.name]:
        return _against_perfection(own.mae, best.name, where)
    ratio = getattr(own, metric) / errors[best.name]
    figures = f"{_figures(own, best.scores, metric)} over {where}; {best.test}"
    if ratio < 1 - TIE and not best.test.by_chance:
        return (
            f"Recurra's forecasts are {1 - ratio:.0%} closer to the truth than the best simple "
            f"rule, {best.name}: {figures}."
        )
    if ratio <= 1 + TIE or best.test.by_chance:
        return (
            f"Recurra's forecasts are no better than a simple rule, {best.name}, which costs "
            f"nothing: {figures}."
        )
    return (
        f"Do not rely on this model: a simple rule, {best.name}, is {1 - 1 / ratio:.0%} closer to "
        f"the truth: {figures}."
    )


def _against_perfection(own: float, rule: str, where: str) -> str:
    if own == 0:
        return f"Recurra and {rule} both forecast {where} without error."
    return (
        f"A simple rule, {rule}, forecasts {where} without any error; Recurra is off by {own:.4g} "
        "on average."
    )


def _common_metric(scores: list[Scores]) -> str:
    """MASE, in which series of all units count alike, where it is defined for all."""
    return "mae" if any(score.mase is None for score in scores) else "mase"


def _figures(own: Scores, theirs: Scores, metric: str) -> str:
    name, digits = ("MASE", 3) if metric == "mase" else ("mean absolute error", 4)
    ours, others = getattr(own, metric), getattr(theirs, metric)
    return f"{name} {ours:.{digits}g} against {others:.{digits}g}"
