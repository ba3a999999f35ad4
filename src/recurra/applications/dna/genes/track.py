"""A stretch of a genome: what is there and what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from matplotlib.axes import Axes
from numpy.typing import NDArray
from torch import Tensor

from recurra.applications.dna.genes.annotated import STRAND_OF, STRANDS, Annotated, Gene
from recurra.applications.dna.genes.frames import Frame
from recurra.applications.reporting.learning import HELD_OUT, LEARNED
from recurra.drawing import tidy, title

SHOWN = 20_000
"""Bases drawn."""

POINTS = 1000
"""Of a curve."""

TRUE = "#999999"


@dataclass(frozen=True)
class Track:
    """A stretch.

    Attributes:
        name: Of the sequence.
        start: Its first base, counted from 0.
        length: Its bases.
        true: The genes that are there, counted from its start; what crosses its ends is left out.
        found: The genes that were found.
        forward: The probability of coding forward, the mean of neighbours, (P,).
        backward: The same of the other strand.
    """

    name: str
    start: int
    length: int
    true: tuple[Gene, ...]
    found: tuple[Gene, ...]
    forward: NDArray[np.float32]
    backward: NDArray[np.float32]

    @staticmethod
    def busiest(record: Annotated) -> range:
        """The first of the stretches in which the strands change most often."""
        starts = range(0, max(1, len(record.bases) - SHOWN + 1), SHOWN)
        strand = [gene.forward for gene in record.genes]
        turns = [
            gene.start
            for gene, one, other in zip(record.genes, strand[1:], strand, strict=False)
            if one != other
        ]
        counted = [sum(start <= turn < start + SHOWN for turn in turns) for start in starts]
        best = starts[int(np.argmax(counted))]
        return range(best, min(len(record.bases), best + SHOWN))

    @classmethod
    def of(
        cls,
        name: str,
        start: int,
        part: Annotated,
        found: Sequence[Frame],
        probable: Tensor,
    ) -> Track:
        """A stretch.

        Args:
            name: Of the sequence.
            start: Where in it the stretch begins.
            part: What is there.
            found: What was found.
            probable: The probability of each kind of base, (L, 7).
        """
        three = torch.zeros(len(probable), len(STRANDS)).index_add_(1, STRAND_OF, probable)
        size = max(1, len(three) // POINTS)
        even = three[: len(three) // size * size].view(-1, size, len(STRANDS)).mean(1).numpy()
        genes = tuple(frame.gene for frame in found)
        return cls(name, start, len(three), part.genes, genes, even[:, 1], even[:, 2])


def draw_track(axes: Axes, track: Track) -> None:
    """Draws genes as arrows above and below the probabilities of both strands.

    Args:
        axes: Where.
        track: What.
    """
    places = (
        track.start + track.length * (np.arange(len(track.forward)) + 0.5) / len(track.forward)
    ) / 1000
    axes.fill_between(places, track.forward, color=LEARNED, alpha=0.5, lw=0, label="forward")
    axes.fill_between(places, -track.backward, color=HELD_OUT, alpha=0.5, lw=0, label="backward")
    for genes, height, colour in ((track.true, 1.5, TRUE), (track.found, 1.2, "#009E73")):
        for gene in genes:
            _arrow(axes, gene, track.start, height if gene.forward else -height, colour)
    axes.axhline(0, color="black", lw=0.5)
    axes.set(
        xlim=(track.start / 1000, (track.start + track.length) / 1000),
        ylim=(-1.75, 1.75),
        xlabel=f"thousands of bases of {track.name}",
        yticks=(-1.5, -1.2, -0.5, 0.5, 1.2, 1.5),
        yticklabels=("there", "found", "P(backward)", "P(forward)", "found", "there"),
    )
    title(axes, "Genes that are there and genes that were found")
    tidy(axes)


def _arrow(axes: Axes, gene: Gene, start: int, height: float, colour: str) -> None:
    ends = [(start + place) / 1000 for place in (gene.start, gene.end)]
    tail, head = ends if gene.forward else ends[::-1]
    axes.annotate(
        "",
        xy=(head, height),
        xytext=(tail, height),
        arrowprops={
            "arrowstyle": "simple,tail_width=0.35,head_width=0.6,head_length=0.4",
            "color": colour,
            "lw": 0,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
