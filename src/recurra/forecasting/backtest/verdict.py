"""The verdict on a backtest, in a sentence, even where it hurts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from recurra.forecasting.backtest.judged import Judged
from recurra.forecasting.backtest.model import OWN
from recurra.forecasting.backtest.origins import Origins
from recurra.forecasting.backtest.scores import Scores
from recurra.forecasting.verdict import TIE
from recurra.significance.diebold_mariano import (
    DieboldMariano,
    diebold_mariano,
    differences,
)

NAMES = {
    "naive": "naive (the last value repeated)",
    "seasonal_naive": "seasonal naive (the last season repeated)",
    "drift": "drift (the mean change so far)",
    "naive2": "Naive2 (naive with the season taken out)",
    "auto_ets": "AutoETS",
    "auto_theta": "AutoTheta",
}


@dataclass(frozen=True)
class Verdict:
    """What a backtest says about a forecaster.

    Attributes:
        text: One or two sentences.
        rival: The baseline that it is compared with.
        test: Of the difference to it.
    """

    text: str
    rival: str
    test: DieboldMariano


def judge(judged: Judged, scores: Scores, origins: Origins) -> Verdict:
    """Compares the forecaster with the best of the baselines.

    Compared is the mean error over all series: MASE, in which series of all units count alike, or
    MAE where MASE is not defined. The best baseline is the one with the least error; of several
    within 2% of it the simplest. It is chosen by the same windows, which is to its advantage. Then
    :func:`~recurra.significance.diebold_mariano.diebold_mariano` tests the difference.
    """
    metric = (
        "mase" if all(scores.of(model)["mase"] is not None for model in judged.points) else "mae"
    )
    errors = {model: scores.of(model)[metric] for model in judged.points}
    known = {model: error for model, error in errors.items() if error is not None}
    if OWN not in known:
        return _nothing_observed(judged, origins)
    rival = _best({model: known[model] for model in judged.rivals})
    scale = judged.scale if metric == "mase" else judged.scale * 0 + 1
    loss = differences(judged.own.point, judged.rivals[rival], judged.truth, scale)
    test = diebold_mariano(loss, origins.overlap)
    where = _where(judged, origins)
    pair = _Pair(known[OWN], known[rival], metric, NAMES[rival])
    return Verdict(_sentence(pair, test, where), rival, test)


def _best(errors: Mapping[str, float]) -> str:
    """The first of those that are about as good as the best: baselines stand in simple order."""
    least = min(errors.values())
    return next(name for name, error in errors.items() if error <= least * (1 + TIE))


def _nothing_observed(judged: Judged, origins: Origins) -> Verdict:
    test = DieboldMariano(float("nan"), None, None, 0, "nothing was observed")
    text = "Nothing was observed in the windows, so the forecasts could not be judged."
    return Verdict(text, next(iter(judged.rivals)), test)


@dataclass(frozen=True)
class _Pair:
    """Our error and that of the baseline, by which metric, and what the baseline is called."""

    own: float
    theirs: float
    metric: str
    name: str

    @property
    def unit(self) -> str:
        return "MASE" if self.metric == "mase" else "mean absolute error"

    def __str__(self) -> str:
        digits = 3 if self.metric == "mase" else 4
        return f"{self.unit} {self.own:.{digits}g} against {self.theirs:.{digits}g}"


def _sentence(pair: _Pair, test: DieboldMariano, where: str) -> str:
    if pair.theirs == 0:
        return _against_perfection(pair, where)
    ratio, figures = pair.own / pair.theirs, f"{pair} {where}; {test}."
    if ratio < 1 - TIE and not test.by_chance:
        return (
            f"Recurra's forecasts are {1 - ratio:.0%} closer to the truth than the best baseline, "
            f"{pair.name}: {figures}"
        )
    if ratio > 1 + TIE and not test.by_chance:
        return (
            f"Do not rely on this model: {pair.name} is {1 - 1 / ratio:.0%} closer to the truth: "
            f"{figures}"
        )
    return f"Recurra's forecasts are no better than {pair.name}: {figures}"


def _against_perfection(pair: _Pair, where: str) -> str:
    if pair.own == 0:
        return f"Recurra and {pair.name} both forecast without error {where}."
    return (
        f"{pair.name} forecasts without any error {where}; Recurra's {pair.unit} is {pair.own:.3g}."
    )


def _where(judged: Judged, origins: Origins) -> str:
    series = len(judged.names)
    ahead = "1 step" if origins.horizon == 1 else f"{origins.horizon:,} steps"
    windows = "1 window" if origins.windows == 1 else f"{origins.windows:,} windows"
    of = "" if series == 1 else f" of {series:,} series"
    return f"over {windows}{of}, {ahead} ahead"
