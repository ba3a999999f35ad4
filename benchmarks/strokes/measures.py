"""What the page says of a run, and what the picture shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

import torch
from drawing import draw
from drawings import Drawing
from likeness import distance
from model import Draughtsman
from picture import Shown
from scores import Nats, nats
from sequences import Sequences
from torch import Tensor

from training import Plan, Run

BIAS = 1.0
"""How neat the hand is; see PenStrokes."""
LINES, DRAWN = 14, 3


@dataclass(frozen=True)
class Measures:
    """Of a run on the test part.

    Attributes:
        plan: Which run.
        run: What came of its training.
        parameters: Of the model.
        nats: Of the strokes that people drew.
        distance: How far the ink of its drawings lies from the person's, pixels.
        strokes: How many strokes it draws, the mean.
    """

    plan: Plan
    run: Run
    parameters: int
    nats: Nats
    distance: float
    strokes: float

    @property
    def line(self) -> str:
        """For the terminal."""
        return (
            f"{'with' if self.plan.sees else 'without'} the picture, seed {self.plan.seed}: "
            f"{self.nats.step:.4f} nats a step, {self.nats.drawing:.2f} a drawing, "
            f"off by {self.distance:.2f} pixels (test; pass {self.run.best})"
        )


def measured(
    plan: Plan, run: Run, drawings: Sequence[Drawing], test: Sequences, scale: float
) -> Measures:
    """Measures a run on the test part: one drawing of each picture, and all likelihoods."""
    model = _model(plan, run, scale)
    drawn = draw(model, test.pictures, scale, BIAS, seed=0)
    pairs = zip(drawn, drawings, strict=True)
    return Measures(
        plan,
        run,
        sum(weight.numel() for weight in model.parameters()),
        nats(model, test, scale),
        mean(distance(one, drawing.strokes) for one, drawing in pairs),
        mean(map(len, drawn)),
    )


def shown(
    with_it: tuple[Plan, Run], without: tuple[Plan, Run], drawings: Sequence[Drawing], scale: float
) -> list[Shown]:
    """One drawing of each of some characters, both by chance, and what two models draw for it."""
    chosen = _chosen(drawings)
    pictures = torch.stack([drawing.picture for drawing in chosen])
    seeing = _model(*with_it, scale)
    drawn = [draw(seeing, pictures, scale, BIAS, seed) for seed in range(1, DRAWN + 1)]
    unseen = draw(_model(*without, scale), pictures, scale, BIAS, seed=1)
    return [
        Shown(one, [several[place] for several in drawn], unseen[place])
        for place, one in enumerate(chosen)
    ]


def _chosen(drawings: Sequence[Drawing]) -> list[Drawing]:
    generator = torch.Generator().manual_seed(0)
    names = sorted({drawing.character for drawing in drawings})
    taken = torch.randperm(len(names), generator=generator)[:LINES].sort().values
    return [_any([one for one in drawings if one.character == names[n]], generator) for n in taken]


def _any(drawings: Sequence[Drawing], generator: torch.Generator) -> Drawing:
    place: Tensor = torch.randint(len(drawings), (1,), generator=generator)
    return drawings[int(place)]


def _model(plan: Plan, run: Run, scale: float) -> Draughtsman:
    model = Draughtsman(sees=plan.sees, scale=scale)
    model.load_state_dict(run.weights)
    return model.eval()
