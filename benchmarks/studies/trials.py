"""Trials a minute of a study of a small network, beside PyTorch with Optuna, and Keras's tuner.

    OMP_NUM_THREADS=1 python benchmarks/studies/trials.py --keras-python PATH [--trials 4]

All search the learning rate of one layer of 16 units on the task ``temporal-order-50``, 4,000
sequences of 50 to 55 steps to learn from, in batches of 32, by Adam, the gradient's norm clipped,
the held-out part judged after each pass, the best weights kept, the test part read at the end. They
take turns, trial by trial, so that all meet the same moods of the machine; what is timed is the
processor. Recurra's trials are those of ``recurra study``, drawn from its journal and kept in it.
Trials are short and long (``--passes``). The peers are torch_trials.py and keras_trials.py. Writes
docs/results/studies-speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import optuna
import torch
from torch_trials import ROWS, TorchTrials

from recurra.studies import Budget, Contender, Interval, Plan, Storage, Study, tasks
from recurra.studies.material import Material
from recurra.studies.trial import run

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TASK, UNITS = "temporal-order-50", 16
CELLS = {"lstm": "LSTM", "gru": "GRU", "lstm_peephole": "peephole LSTM"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false"}


class KerasTrials:
    """Trials one by one, in a process of Keras's own environment, on one core.

    Attributes:
        versions: Those of Keras and its tuner.
    """

    def __init__(self, python: str, cell: str, data: Path, passes: int, trials: int) -> None:
        numbers = map(str, (UNITS, passes, trials))
        self.process = subprocess.Popen(
            [python, str(HERE / "keras_trials.py"), str(data), cell, *numbers],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            text=True,
        )
        self.versions = self._line()

    def trial(self) -> tuple[float, float]:
        """The processor's seconds that one takes, and the loss it comes to."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        found = self._line()
        return found["seconds"], found["loss"]

    def end(self) -> None:
        """Waits for it."""
        self.process.communicate()

    def _line(self) -> dict[str, float]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("Keras's trials ended before they were done.")
        found: dict[str, float] = json.loads(line)
        return found


@dataclass
class Found:
    """Seconds of each trial but the first, and the losses they came to: Recurra, PyTorch, Keras."""

    cell: str
    versions: dict[str, float]
    seconds: list[tuple[float, float, float]] = field(default_factory=list)
    losses: list[tuple[float, float, float]] = field(default_factory=list)

    def rate(self, who: int) -> float:
        """Trials a minute."""
        return 60 / statistics.median(one[who] for one in self.seconds)

    def times(self, who: int) -> float:
        """How many times as fast Recurra is: the median over trials that were beside each other."""
        return statistics.median(one[who] / one[0] for one in self.seconds)


def written(material: Material, folder: Path) -> Path:
    """The task for Keras, padded in front."""
    parts = {"train": material.train, "validation": material.validation, "test": material.test}
    longest = max(int(part.lengths.max()) for part in parts.values())
    arrays = {}
    for name, part in parts.items():
        x = np.zeros((len(part), longest, material.input_size), np.float32)
        for row, one in zip(x, part.x, strict=True):
            row[longest - len(one) :] = one.numpy()
        arrays[f"x_{name}"], arrays[f"y_{name}"] = x, part.answers.numpy()
    np.savez(folder / "task.npz", **arrays)
    return folder / "task.npz"


def study_of(cell: str, trials: int, passes: int) -> Study:
    return Study(
        name="speed",
        tasks=(TASK,),
        contenders=(Contender(cell, cell),),
        space={"learning_rate": Interval(3e-4, 3e-2, log=True)},
        fixed={"hidden_size": UNITS, "batch_size": ROWS},
        trials=trials + 1,
        seeds=0,
        budget=Budget(epochs=passes, patience=passes),
    )


def contest(cell: str, passes: int, given: argparse.Namespace, data: Path, folder: Path) -> Found:
    study, material = study_of(cell, given.trials, passes), tasks.material(TASK)
    torch_peer = TorchTrials(cell, UNITS, material, passes)
    keras_peer = KerasTrials(given.keras_python, cell, data, passes, given.trials + 1)
    found = Found(cell, keras_peer.versions)
    with Storage(folder) as storage:
        jobs = Plan(study, storage, None, folder / "running").draws()
        for number in range(given.trials + 1):
            started = time.process_time()
            job = next(jobs)
            outcome = run(job.trial)
            storage.end(job.study, job.number, outcome)
            ours = time.process_time() - started, outcome.value
            plain = torch_peer.trial(job.trial.settings["learning_rate"])
            three = tuple(zip(ours, plain, keras_peer.trial(), strict=True))
            print(cell, *(f"{s:.2f} s, loss {v:.3f};" for s, v in zip(*three, strict=True)))
            if number:
                found.seconds.append(three[0])
            found.losses.append(three[1])
    keras_peer.end()
    return found


def rows_of(found: Found) -> str:
    rates = " | ".join(f"{found.rate(who):.1f}" for who in range(3))
    times = " | ".join(f"**{found.times(who):.2f}**" for who in (1, 2))
    mean = " / ".join(f"{statistics.fmean(each):.3f}" for each in zip(*found.losses, strict=True))
    return f"| {CELLS[found.cell]} | {rates} | {times} | {mean} |"


def table(passes: int, found: list[Found]) -> str:
    return f"""## {passes} passes

| | Recurra, trials a minute | PyTorch with Optuna | Keras with KerasTuner \
| as fast as PyTorch, times | as fast as Keras, times | mean loss, in this order |
|---|--:|--:|--:|--:|--:|--:|
{chr(10).join(map(rows_of, found))}
"""


def write(found: dict[int, list[Found]]) -> None:
    tables = "\n".join(table(passes, some) for passes, some in found.items())
    any_one = next(iter(found.values()))[0]
    versions, trials = any_one.versions, len(any_one.seconds)
    page = f"""# How fast studies are

Trials a minute of a study, beside plain PyTorch {torch.__version__} with Optuna
{optuna.__version__}, and Keras {versions["keras"]} on JAX with KerasTuner {versions["tuner"]}:
{trials} trials over the task `{TASK}` (4,000 sequences of 50 to 55 steps to learn from, 500
to choose by, 500 to judge by), {UNITS} units, batches of {ROWS}, Adam, trial by trial in turn;
rates and ratios are medians. Before them each had one more trial, in which Recurra compiled the
cell, unless it had before. All that a trial does is timed: the draw, the weights, the passes, the
judging, the keeping.

{tables}
## What is compared

The peephole LSTM is a loop over the steps in PyTorch and a cell in Keras's `RNN`, for neither has
it; PyTorch's LSTM is the only other one whose kernel, oneDNN's, reads whole sequences. PyTorch is
given the rates that Recurra drew and reads sequences that are padded behind; Keras draws its own
rates from the same interval, and reads them padded in front, which needs no mask. It compiles each
trial anew, about two seconds of each, which short trials feel. The mean losses on the held-out
part are shown as they came: initial weights are each library's own. Times are the processor's: a
minute is one of a core that does nothing else.

{torch.get_num_threads()} thread of {os.cpu_count()} cores ({platform.machine()}).
Command: `OMP_NUM_THREADS=1 python benchmarks/studies/trials.py --keras-python
.bench/keras-jax/bin/python`, which is part of `make bench`.
"""
    (ROOT / "docs" / "results" / "studies-speed.md").write_text(page, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keras-python", required=True)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--passes", type=int, nargs="+", default=[2, 10])
    parser.add_argument("--cell", choices=list(CELLS), action="append")
    given = parser.parse_args()
    torch.set_num_threads(1)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = written(tasks.material(TASK), folder)
        found = {
            passes: [
                contest(cell, passes, given, data, folder / f"{cell}-{passes}")
                for cell in given.cell or CELLS
            ]
            for passes in given.passes
        }
    if not given.cell:
        write(found)


if __name__ == "__main__":
    main()
