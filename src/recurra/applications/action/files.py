"""The files of both kinds of models: of recordings as series, and of videos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from recurra import model_file
from recurra.applications import series_learning
from recurra.applications.series_learning import Member, Plan, Preparation
from recurra.applications.stored import restoring
from recurra.errors import ModelFileError
from recurra.estimator import Estimator

KIND = "action"
FORMAT = 1

SERIES, VIDEOS = "series", "videos"
"""What a model reads."""


@dataclass(frozen=True)
class Opened:
    """What is in a file.

    Attributes:
        description: Plain data.
        arrays: The weights.
    """

    description: Mapping[str, Any]
    arrays: Mapping[str, Tensor]

    @property
    def reads(self) -> str:
        """What the model reads; the first files, which do not say so, are of series."""
        return str(self.description.get("reads", SERIES))

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes, sorted."""
        return tuple(self.description["classes"])

    @property
    def notes(self) -> tuple[str, ...]:
        """What was said of the fit."""
        return tuple(self.description["notes"])

    @property
    def plan(self) -> Plan:
        """The settings that were used."""
        return series_learning.plan_of(self.description)

    def members(self, prepared: Callable[[Any], Preparation]) -> list[Member]:
        """The networks; each preparation is made of its plain data."""
        return series_learning.members_of(
            self.description, self.arrays, len(self.classes), prepared
        )


def pack(
    estimator: Estimator,
    reads: str,
    more: Mapping[str, Any],
    plan: Plan,
    members: Sequence[Member],
) -> bytes:
    """The content of a fitted classifier's file.

    Args:
        estimator: Its settings are kept.
        reads: What it reads.
        more: What else is kept: plain data.
        plan: How the networks are made.
        members: The networks.
    """
    description = {"settings": estimator.get_params(), "reads": reads, **more}
    return series_learning.pack(KIND, FORMAT, description, plan, members)


def reads_of(path: Path) -> str:
    """What a model reads.

    Raises:
        ModelFileError: If it is none, or damaged.
    """
    return Opened(*model_file.read(path, KIND, FORMAT)).reads


@contextmanager
def opened(path: Path, reads: str) -> Iterator[Opened]:
    """A file, while a classifier is made of it; what fails in there is the file's fault.

    Args:
        path: Where it lies.
        reads: What the model must read.

    Raises:
        ModelFileError: If it cannot be read, does not hold together, or reads something else.
    """
    found = Opened(*model_file.read(path, KIND, FORMAT))
    if found.reads != reads:
        raise ModelFileError(f"{path} reads {found.reads}", f"a model of action that reads {reads}")
    with restoring(path):
        yield found
