"""Networks with their preparations as one file, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra import model_file
from recurra.applications.series_learning.network import Network
from recurra.applications.series_learning.preparation import Preparation
from recurra.applications.series_learning.rules import Plan, Sizes
from recurra.applications.series_learning.together import Member
from recurra.applications.stored import fill, weights_of
from recurra.training import History


def pack(
    kind: str, number: int, description: Mapping[str, Any], plan: Plan, members: Sequence[Member]
) -> bytes:
    """The content of a model's file.

    Args:
        kind: The name of the job.
        number: The format of its kind.
        description: What else is kept: plain data.
        plan: How the networks are made.
        members: The networks.
    """
    told = {
        **description,
        "plan": {**vars(plan), "sizes": plan.sizes.to_json()},
        "preparations": [one.preparation.to_json() for one in members],
        "histories": [vars(one.history) for one in members],
    }
    return model_file.pack(kind, number, told, weights_of([one.network for one in members]))


def plan_of(description: Mapping[str, Any]) -> Plan:
    """The plan that was packed."""
    told = description["plan"]
    return Plan(**{**told, "sizes": Sizes(**told["sizes"])})


def members_of(
    description: Mapping[str, Any],
    arrays: Mapping[str, Tensor],
    classes: int,
    prepared: Callable[[Any], Preparation],
) -> list[Member]:
    """The networks that were packed.

    Args:
        description: Of the file.
        arrays: Likewise.
        classes: C.
        prepared: Makes a preparation of its plain data.
    """
    plan = plan_of(description)
    preparations = [prepared(one) for one in description["preparations"]]
    networks = [Network(one, plan.sizes, classes) for one in preparations]
    fill(networks, arrays)
    histories = [History(**one) for one in description["histories"]]
    return [Member(*one) for one in zip(networks, preparations, histories, strict=True)]
