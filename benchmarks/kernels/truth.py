"""A layer in float64, run by the reference: what the compiled code is held against."""

from __future__ import annotations

import copy
from typing import Any

from comparison import TOLERANCE, check, farthest
from subject import Subject
from torch import Tensor

from recurra import use_kernel

Results = dict[str, Tensor]
"""The output and all gradients, by name."""


def results(subject: Subject) -> Results:
    """What a layer computes in training, by the kernel that is chosen for it."""
    subject.module.train()
    output = subject.train()
    return {"the output": output.detach(), **subject.gradients()}


def reference(subject: Subject) -> Results:
    """The same, by the reference."""
    with use_kernel("reference"):
        return results(subject)


def doubled(subject: Subject) -> Subject:
    """The same layer and batch in float64."""
    return Subject(
        copy.deepcopy(subject.module).double(),
        _doubled(subject.x),
        tuple(map(_doubled, subject.states)),
        _doubled(subject.cotangent),
        {name: _doubled(value) for name, value in subject.extras.items()},
    )


def truth(subject: Subject) -> Results:
    """What the layer computes by the reference in float64."""
    return reference(doubled(subject))


def checked(what: str, subject: Subject, wanted: Results) -> None:
    """Ends the program where a layer is too far from the truth.

    Where numbers grow without bound it may be as far as float32 takes the reference too, and a few
    times more.
    """
    found = results(subject)
    if farthest(found, wanted)[0] > TOLERANCE:
        own = farthest(reference(subject), wanted)[0]
        check(what, found, wanted, max(TOLERANCE, 5 * own))


def _doubled(value: Any) -> Any:
    if isinstance(value, Tensor) and value.is_floating_point():
        return value.detach().double()
    return value
