"""How likely a network finds the strokes of people, and how near its own drawings are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Any

import torch
from torch import Tensor

from recurra.applications.caption.strokes.drawing import Drawing
from recurra.applications.caption.strokes.likeness import distance
from recurra.applications.caption.strokes.network import Network
from recurra.applications.caption.strokes.notation import Stroke
from recurra.applications.caption.strokes.sequences import Sequences, blurred, steps
from recurra.structures.lengths import live_steps

TOGETHER = 100


@dataclass(frozen=True)
class Likelihoods:
    """Negative log-likelihoods in nats; offsets count as known to a point of the picture.

    Attributes:
        each: Of each drawing, (N,).
        lengths: Its steps, (N,).
    """

    each: Tensor
    lengths: Tensor

    @property
    def step(self) -> float:
        """The mean of a step."""
        return float(self.each.sum() / self.lengths.sum())

    @property
    def drawing(self) -> float:
        """The mean of a drawing."""
        return float(self.each.mean())


@dataclass(frozen=True)
class Scores:
    """How good drawings are.

    Attributes:
        count: N drawings of people.
        nats_a_step: The mean negative log-likelihood of their steps, about 1.5 points of the
            square each: the lower the better.
        nats_a_drawing: The mean of a drawing.
        nats_mismatched: Of a step where each drawing stands beside another's picture: how much
            higher it is tells how much the picture is looked at. None if there is but one picture.
        apart: The mean way from the ink of a drawing of the network to the person's, both ways, in
            points of the picture (the chamfer distance).
        strokes: How many strokes it draws, the mean.
        strokes_given: How many people drew, the mean.
    """

    count: int
    nats_a_step: float
    nats_a_drawing: float
    nats_mismatched: float | None
    apart: float
    strokes: float
    strokes_given: float

    @classmethod
    def of(
        cls,
        network: Network,
        given: Sequences,
        drawn: Sequence[Drawing],
        truth: Sequence[Sequence[Stroke]],
    ) -> Scores:
        """Measures.

        Args:
            network: In evaluation mode.
            given: What people drew, N drawings.
            drawn: What it drew of the same pictures.
            truth: The strokes of people, in points of the picture.
        """
        found, other = likelihoods(network, given), mismatched(given)
        return cls(
            len(given),
            found.step,
            found.drawing,
            None if other is None else likelihoods(network, other).step,
            fmean(distance(a.strokes, b) for a, b in zip(drawn, truth, strict=True)),
            fmean(len(one.strokes) for one in drawn),
            fmean(map(len, truth)),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))


@torch.no_grad()
def likelihoods(network: Network, given: Sequences) -> Likelihoods:
    """Of all drawings, each point at a place that is the same at every call."""
    given = blurred(given, torch.Generator().manual_seed(0))
    found = torch.empty(len(given))
    for rows in torch.split(given.lengths.argsort(stable=True), TOGETHER):
        batch = given[rows]
        targets = steps(batch, network.scale)
        each = network.nll(batch.pictures, targets)
        each = each + surplus(network.scale, batch.grain).unsqueeze(1)
        found[rows] = torch.where(live_steps(batch.lengths, targets), each, 0).sum(1)
    return Likelihoods(found, given.lengths)


def surplus(scale: float, grain: Tensor) -> Tensor:
    """What a density over scaled offsets lacks to be one over points of the picture, nats (N,)."""
    return (scale / grain).log().sum(-1)


def mismatched(given: Sequences) -> Sequences | None:
    """Each drawing beside the picture of another, by chance that is the same at every call."""
    if bool((given.pictures == given.pictures[0]).all()):
        return None
    order = torch.randperm(len(given), generator=torch.Generator().manual_seed(0))
    pictures = torch.empty_like(given.pictures)
    pictures[order] = given.pictures[order.roll(1)]
    return replace(given, pictures=pictures)
