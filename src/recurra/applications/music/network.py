"""The network: what sounded at each step, layers that read forwards, the chance of each key."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from recurra.applications.music.roll import KEYS
from recurra.applications.music.rules import Plan
from recurra.applications.music.voices import Voices
from recurra.cells import VariationalDropout, find
from recurra.layers import Recurrent
from recurra.structures import EachToEach
from recurra.structures.heads import BernoulliVector


class Composer(nn.Module):
    """From what sounded so far to the log-odds of each key at the next step.

    Boulanger-Lewandowski, Bengio & Vincent 2012 (arXiv:1206.6392), section 3, of which this is the
    plain form: the keys of a step are independent of each other, given all steps before.

    Args:
        plan: How large it is.
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        cell = find(plan.cell)()
        if plan.state_dropout:
            cell = VariationalDropout(cell, plan.state_dropout, input_rate=0.0)
        network = Recurrent(
            cell,
            KEYS,
            plan.units,
            num_layers=plan.layers,
            dropout=plan.dropout if plan.layers > 1 else 0.0,
            batch_first=True,
        )
        self.structure = EachToEach(network, BernoulliVector(plan.units, KEYS))
        self.dropout = nn.Dropout(plan.dropout)

    def forward(self, rolls: Tensor, lengths: Tensor) -> Tensor:
        """The features of each step, of which the head makes chances.

        Before the first step stands silence.

        Args:
            rolls: (B, T, 88).
            lengths: (B,).

        Returns:
            (B, T, H): of each step, by those before it.
        """
        before = torch.cat([torch.zeros_like(rolls[:, :1]), rolls[:, :-1]], 1)
        found: Tensor = self.dropout(self.structure.features(before, lengths))
        return found

    def loss(self, rolls: Tensor, lengths: Tensor) -> Tensor:
        """The mean nats of a step, the first ones of pieces included."""
        found: Tensor = self.structure.head.loss(self(rolls, lengths), rolls, lengths)
        return found


@torch.no_grad()
def written(
    composer: Composer, voices: Voices, start: Tensor, chance: Tensor, temperature: float
) -> Tensor:
    """Writes on, each step read at the next.

    Args:
        composer: In evaluation mode.
        voices: Draws the keys of a step.
        start: What sounded before, (T, 88), T at least 0.
        chance: Numbers from 0 up to but not 1, for N steps of B pieces, (B, N, 21).
        temperature: What the log-odds are divided by, above 0.

    Returns:
        What was written, uint8 (B, N, 88).
    """
    rows, steps, _ = chance.shape
    structure = composer.structure
    read = torch.cat([torch.zeros(1, KEYS), start.float()])
    stepper = structure.recurrent.stepper(rows, head=structure.head.dense)
    if len(start):
        state = structure.start(read[:-1].unsqueeze(0))
        stepper.state = structure.select(state, torch.zeros(rows, dtype=torch.int64))
    now, random = read[-1:].repeat(rows, 1).numpy(), chance.double().numpy()
    found = np.zeros((rows, steps, KEYS), dtype=np.uint8)
    for step in range(steps):
        odds = stepper.step(now) / np.float64(temperature)
        now = voices.drawn(odds, now, random[:, step])
        found[:, step] = now
    return torch.from_numpy(found)
