"""The peer of trials.py that is plain PyTorch with Optuna.

It reads padded sequences, which is faster than packed ones, and keeps its study in memory. A cell
that torch.nn lacks is written as a loop over the steps, its inputs multiplied at once.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass

import optuna
import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.studies.material import Material, Sequences

ROWS = 32


class Peepholes(nn.Module):
    """The peephole LSTM, as one writes it in PyTorch: (B, T, I) to (B, T, H)."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.read = nn.Linear(inputs, 4 * units)
        self.again = nn.Linear(units, 4 * units, bias=False)
        self.look = nn.Parameter(torch.zeros(3, units))
        self.units = units

    def forward(self, x: Tensor) -> tuple[Tensor, None]:
        """What it says at each step."""
        h = c = x.new_zeros(len(x), self.units)
        said = []
        for read in self.read(x).unbind(1):
            i, f, g, o = (read + self.again(h)).chunk(4, 1)
            i = torch.sigmoid(i + self.look[0] * c)
            f = torch.sigmoid(f + self.look[1] * c)
            c = f * c + i * torch.tanh(g)
            h = torch.sigmoid(o + self.look[2] * c) * torch.tanh(c)
            said.append(h)
        return torch.stack(said, 1), None


class Plain(nn.Module):
    """The network of the peer: its last live step tells the class."""

    def __init__(self, cell: str, inputs: int, units: int, classes: int) -> None:
        super().__init__()
        match cell:
            case "lstm":
                self.reader: nn.Module = nn.LSTM(inputs, units, batch_first=True)
            case "gru":
                self.reader = nn.GRU(inputs, units, batch_first=True)
            case _:
                self.reader = Peepholes(inputs, units)
        self.head = nn.Linear(units, classes)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Scores of the classes."""
        said, _ = self.reader(x)
        scores: Tensor = self.head(said[torch.arange(len(x)), lengths - 1])
        return scores


@dataclass(frozen=True)
class Part:
    """A part of the task as the peer has it: padded once."""

    x: Tensor
    y: Tensor
    lengths: Tensor

    @classmethod
    def of(cls, part: Sequences) -> Part:
        """A part of the task."""
        x = nn.utils.rnn.pad_sequence(list(part.x), batch_first=True)
        return cls(x, torch.stack(list(part.y)), part.lengths)

    def batches(self, rows: int, *, shuffled: bool) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
        """All of it, some at a time, no longer than their longest."""
        order = torch.randperm(len(self.x)) if shuffled else torch.arange(len(self.x))
        for some in order.split(rows):
            lengths = self.lengths[some]
            yield self.x[some, : int(lengths.max())], lengths, self.y[some]


@torch.no_grad()
def judged(model: nn.Module, part: Part) -> float:
    model.eval()
    total = sum(
        float(functional.cross_entropy(model(x, lengths), y, reduction="sum"))
        for x, lengths, y in part.batches(64, shuffled=False)
    )
    model.train()
    return total / len(part.x)


def learned(cell: str, units: int, parts: list[Part], rate: float, passes: int) -> float:
    """A trial; its loss on the held-out part."""
    train, held_out, test = parts
    model = Plain(cell, train.x.shape[2], units, int(train.y.max()) + 1)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    best, kept = judged(model, held_out), copy.deepcopy(model.state_dict())
    for _ in range(passes):
        for x, lengths, y in train.batches(ROWS, shuffled=True):
            optimizer.zero_grad()
            functional.cross_entropy(model(x, lengths), y).backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
        if (loss := judged(model, held_out)) < best:
            best, kept = loss, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    judged(model, test)
    return best


class TorchTrials:
    """Trials one by one."""

    def __init__(self, cell: str, units: int, material: Material, passes: int) -> None:
        self.cell, self.units, self.passes = cell, units, passes
        self.parts = [Part.of(p) for p in (material.train, material.validation, material.test)]
        self.study = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))

    def trial(self, rate: float) -> tuple[float, float]:
        """The processor's seconds that one takes at that rate, and the loss it comes to."""
        self.study.enqueue_trial({"learning_rate": rate})
        started = time.process_time()
        self.study.optimize(self._objective, n_trials=1)
        return time.process_time() - started, float(self.study.trials[-1].value or 0.0)

    def _objective(self, trial: optuna.Trial) -> float:
        rate = trial.suggest_float("learning_rate", 3e-4, 3e-2, log=True)
        return learned(self.cell, self.units, self.parts, rate, self.passes)
