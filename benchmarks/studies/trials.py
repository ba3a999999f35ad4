"""Trials a minute of a study of a small network, beside plain PyTorch with Optuna.

    OMP_NUM_THREADS=1 python benchmarks/studies/trials.py [--trials 4] [--passes 2]

Both search the learning rate of one layer of 16 units on the task ``temporal-order-50``, 4,000
sequences of 50 to 55 steps to learn from, in batches of 32, by Adam, the gradient's norm clipped,
the held-out part judged after each pass, the best weights kept, the test part read at the end. They
take turns, trial by trial, at the same learning rates, so that both meet the same moods of the
machine; what is timed is the processor. Recurra's trials are those of ``recurra study``, drawn from
its journal and kept in it; the peer's study is in memory. The peer reads padded sequences, which is
faster than packed ones. A cell that torch.nn lacks is written there as a loop over the steps, its
inputs multiplied at once. Writes
docs/results/studies-speed.md.
"""

from __future__ import annotations

import argparse
import copy
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import optuna
import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.studies import Budget, Contender, Interval, Plan, Storage, Study, tasks
from recurra.studies.material import Sequences
from recurra.studies.trial import run

ROOT = Path(__file__).resolve().parents[2]
TASK, UNITS, ROWS = "temporal-order-50", 16, 32
CELLS = {
    "lstm": "LSTM, there `nn.LSTM`",
    "gru": "GRU, there `nn.GRU`",
    "lstm_peephole": "peephole LSTM, there a loop",
}


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

    def __init__(self, cell: str, inputs: int, classes: int) -> None:
        super().__init__()
        match cell:
            case "lstm":
                self.reader: nn.Module = nn.LSTM(inputs, UNITS, batch_first=True)
            case "gru":
                self.reader = nn.GRU(inputs, UNITS, batch_first=True)
            case _:
                self.reader = Peepholes(inputs, UNITS)
        self.head = nn.Linear(UNITS, classes)

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


def learned(cell: str, parts: list[Part], rate: float, passes: int) -> float:
    """A trial of the peer; its loss on the held-out part."""
    train, held_out, test = parts
    model = Plain(cell, train.x.shape[2], int(train.y.max()) + 1)
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


@dataclass(frozen=True)
class Found:
    """Seconds of every trial but the first, and the losses they came to."""

    cell: str
    ours: list[float]
    theirs: list[float]
    losses: list[tuple[float, float]]

    @property
    def times(self) -> float:
        """How many times as fast Recurra is: the median over pairs of trials."""
        return statistics.median(b / a for a, b in zip(self.ours, self.theirs, strict=True))


def contest(cell: str, trials: int, passes: int, folder: Path) -> Found:
    study = Study(
        name="speed",
        tasks=(TASK,),
        contenders=(Contender(cell, cell),),
        space={"learning_rate": Interval(3e-4, 3e-2, log=True)},
        fixed={"hidden_size": UNITS, "batch_size": ROWS},
        trials=trials + 1,
        seeds=0,
        budget=Budget(epochs=passes, patience=passes),
    )
    made = tasks.material(TASK)
    parts = [Part.of(part) for part in (made.train, made.validation, made.test)]
    peer = optuna.create_study(sampler=optuna.samplers.RandomSampler(0))
    ours, theirs, losses = [], [], []

    def objective(trial: optuna.Trial) -> float:
        rate = trial.suggest_float("learning_rate", 3e-4, 3e-2, log=True)
        return learned(cell, parts, rate, passes)

    with Storage(folder) as storage:
        jobs = Plan(study, storage, None, folder / "running").draws()
        for _ in range(trials + 1):
            started = time.process_time()
            job = next(jobs)
            outcome = run(job.trial)
            storage.end(job.study, job.number, outcome)
            ours.append(time.process_time() - started)
            peer.enqueue_trial({"learning_rate": job.trial.settings["learning_rate"]})
            started = time.process_time()
            peer.optimize(objective, n_trials=1)
            theirs.append(time.process_time() - started)
            losses.append((outcome.value, peer.trials[-1].value or 0.0))
            print(
                f"{cell}: {ours[-1]:.2f} s, the peer {theirs[-1]:.2f} s; "
                f"losses {losses[-1][0]:.3f} and {losses[-1][1]:.3f}",
                flush=True,
            )
    return Found(cell, ours[1:], theirs[1:], losses)


def rows_of(found: Found) -> str:
    def rate(seconds: list[float]) -> str:
        return f"{60 / statistics.median(seconds):.1f}"

    mean = [statistics.fmean(pair) for pair in zip(*found.losses, strict=True)]
    return (
        f"| {CELLS[found.cell]} | {rate(found.ours)} | {rate(found.theirs)} | **{found.times:.2f}**"
        f" | {mean[0]:.3f} | {mean[1]:.3f} |"
    )


def write(found: list[Found], passes: int) -> None:
    rows = "\n".join(map(rows_of, found))
    page = f"""# How fast studies are

Trials a minute of a study, beside plain PyTorch {torch.__version__} with Optuna
{optuna.__version__}: {len(found[0].ours)} trials of {passes} passes over the task `{TASK}` (4,000
sequences of 50 to 55 steps to learn from, 500 to choose by, 500 to judge by), {UNITS} units,
batches of {ROWS}, Adam, the same learning rates, trial by trial in turn; rates and ratios are
medians. Before them each had one more trial, in which Recurra compiled the cell, unless it had
before. All that a trial does is timed: the draw, the weights, the passes, the judging, the keeping.

| | Recurra, trials a minute | PyTorch with Optuna | Recurra is so many times as fast \
| mean loss, Recurra | mean loss, PyTorch |
|---|--:|--:|--:|--:|--:|
{rows}

The mean losses on the held-out part, of all trials, are shown as they came: after so few passes
most trials are still where they began, at ln 4, and which leave it hangs on the initial weights,
which are each library's own. Of torch.nn only the LSTM has kernels that read whole sequences, those
of oneDNN; at this size Recurra's own take about a fifth of a step, and what is around them the
rest. PyTorch reads padded sequences, and so does the loop, which multiplies the inputs of all steps
at once. Times are the processor's, for other work ran on the machine: a minute is one of a core
that does nothing else.

{torch.get_num_threads()} thread of {os.cpu_count()} cores ({platform.machine()}).
Command: `OMP_NUM_THREADS=1 python benchmarks/studies/trials.py`, which is part of `make bench`.
"""
    (ROOT / "docs" / "results" / "studies-speed.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--cell", choices=list(CELLS), action="append")
    given = parser.parse_args()
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        found = [
            contest(cell, given.trials, given.passes, Path(folder) / cell)
            for cell in given.cell or CELLS
        ]
    if not given.cell:
        write(found, given.passes)


if __name__ == "__main__":
    main()
