"""Files of former formats, brought to the present one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from recurra.forecasting.stepwise import model as stepwise
from recurra.forecasting.stepwise.known import CONSTANTS

FIRST_WITH_FORMS = 3

Content = tuple[dict[str, Any], dict[str, Tensor]]


def upgraded(description: Mapping[str, Any], arrays: Mapping[str, Tensor]) -> Content:
    """What a file of any format holds, as one of the present format would.

    Args:
        description: The plain data.
        arrays: The tensors.

    Raises:
        LookupError: If something is missing that the format has.
    """
    if description["format"] >= FIRST_WITH_FORMS:
        return dict(description), dict(arrays)
    return _with_form(description), _with_model(arrays)


def _with_form(description: Mapping[str, Any]) -> dict[str, Any]:
    """Formats 1 and 2 are of step-by-step models, whose lag and network stood by themselves."""
    model = {
        "network": description["network"],
        "lookback": description["plan"]["lookback"],
        "lag": description["lag"],
        "series": description["series"],
    }
    return {**description, "form": stepwise.FORM, "model": model}


def _with_model(arrays: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The ends of the series held their constants, and all values of an end were there."""
    constants = {f"model.{name}": arrays[f"tails.{name}"].double() for name in CONSTANTS}
    weights = {f"model.{name}": one for name, one in arrays.items() if name.startswith("network.")}
    seen = torch.ones_like(arrays["tails.values"], dtype=torch.bool)
    ends = {
        "tails.seen": seen,
        "tails.skipped": torch.zeros_like(arrays["tails.length"]),
        "series.origin": arrays["tails.origin"],
    }
    return {**arrays, **constants, **weights, **ends}
