"""The kinds of models there are: a line each here, and a package each beside this file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from recurra.errors import OptionError
from recurra.forecasting.covariates.wanted import OPTIONS as COVARIATE_OPTIONS
from recurra.forecasting.groups import model as groups
from recurra.forecasting.groups import reading as group_reading
from recurra.forecasting.model import Form, Reader
from recurra.forecasting.segments import model as segments
from recurra.forecasting.segments import reading as segment_reading
from recurra.forecasting.segments.form import SegmentForm
from recurra.forecasting.segments.heads import HEADS, POINT
from recurra.forecasting.stepwise import model as stepwise
from recurra.forecasting.stepwise import reading
from recurra.forecasting.stepwise.form import StepForm

FORMS: Mapping[str, Callable[[Mapping[str, Any]], Form]] = {
    "sequence-to-sequence": SegmentForm.of,
    "direct": SegmentForm.of,
    "recursive": StepForm.of,
    "one-step": StepForm.of,
}
"""By strategy, what makes a form of the options of a forecaster, given by name."""

_SINGLE: Mapping[str, Reader] = {
    stepwise.FORM: reading.read,
    segments.FORM: segment_reading.read,
}

READERS: Mapping[str, Reader] = {**_SINGLE, groups.FORM: group_reading.reader(_SINGLE)}
"""By the name of the form that a file holds, what makes a model of it."""

WITH_COVARIATES = ("sequence-to-sequence", "direct")
"""The strategies whose models read covariates."""

WITH_HEADS = ("sequence-to-sequence", "direct")
"""The strategies whose models may give distributions."""

SEARCHED = ("sequence-to-sequence", "direct")
"""The strategies whose settings can be searched for."""


def check_covariates(strategy: str | None) -> None:
    """Raises an OptionError if models of this strategy read no covariates; None reads them."""
    if strategy is not None and strategy not in WITH_COVARIATES:
        raise OptionError(
            f"covariates with strategy {strategy!r}, which reads none",
            f"strategy {' or '.join(map(repr, WITH_COVARIATES))}",
            "leave the strategy out, or leave out "
            + ", ".join(name for name in COVARIATE_OPTIONS if name != "categorical"),
        )


def check_auto(strategy: str | None) -> None:
    """Raises an OptionError if there is nothing to search for with this strategy."""
    if strategy is not None and strategy not in SEARCHED:
        raise OptionError(
            f"auto= with strategy {strategy!r}, whose settings are not searched for",
            f"strategy {' or '.join(map(repr, SEARCHED))}",
            "leave the strategy out, or leave out auto",
        )


def check_head(head: object, strategy: str | None) -> None:
    """Raises an OptionError if there is no such head, or models of this strategy have none."""
    if head is None or head == POINT:
        return
    if not isinstance(head, str) or head not in HEADS:
        raise OptionError(f"head {head!r}", " or ".join(map(repr, (POINT, *HEADS))))
    if strategy is not None and strategy not in WITH_HEADS:
        raise OptionError(
            f"head {head!r} with strategy {strategy!r}, whose networks give the forecast alone",
            f"strategy {' or '.join(map(repr, WITH_HEADS))}",
            "leave the strategy out, or the head: there are intervals without one",
        )


def check_irregular(options: Mapping[str, Any]) -> None:
    """Refuses what needs a step between times.

    Args:
        options: Of a forecaster, by name.

    Raises:
        OptionError: If a strategy or another option is set that only models on a grid have.
    """
    needing = [name for name in (*COVARIATE_OPTIONS, "by", "auto") if options[name]]
    if options["strategy"] in WITH_COVARIATES:
        needing.append("strategy")
    if options["head"] not in {None, POINT}:
        needing.append("head")
    if needing:
        given = ", ".join(f"{name}={options[name]!r}" for name in needing)
        raise OptionError(
            f"{given} with times that follow no regular step",
            "times with one step between them, such as a day, of which some may be missing",
            f"leave out {', '.join(needing)}, or bring the rows to one step (a sum or mean by "
            "hour, day)",
        )


def usual_strategy(options: Mapping[str, Any], *, irregular: bool = False) -> str:
    """The strategy of a forecaster that was given none.

    Segment by segment, unless options say otherwise that only networks step by step have.

    Args:
        options: Of the forecaster, by name.
        irregular: Whether their times follow no step, which only step by step is read.
    """
    by_step = options["epochs"] is not None or options["callbacks"] != "default"
    head = options["head"] not in {None, POINT}
    segments = options["auto"] is not None or any(options[name] for name in COVARIATE_OPTIONS)
    if irregular or (by_step and not (segments or head)):
        return "recursive"
    return WITH_COVARIATES[0]
