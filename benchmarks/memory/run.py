"""Cells beside each other on the long-memory tasks, with equal parameters.

    python benchmarks/memory/run.py --task adding copying --cells lstm gru elman --seeds 3

A finished run is a line of benchmarks/results/memory.jsonl and is not run again, so that the
command can be stopped and given again. The page is docs/results/memory.md, its picture
benchmarks/results/memory.png; both are made of all runs with the same budget, minutes and learning
rate. In full it takes tasks x cells x seeds x minutes at most.
"""

from __future__ import annotations

import argparse
import os
import platform
from importlib.metadata import version
from itertools import product
from pathlib import Path

import page
import picture
import torch
from records import Record, append, read
from settings import CELLS, TASKS

from recurra.cells import names
from training import Plan, run

ROOT = Path(__file__).resolve().parents[2]
MEASURED_WITH = ("recurra", "torch", "numpy")


def main() -> None:
    given = _arguments()
    plans = [
        Plan(task, cell, seed, given.budget, given.minutes, given.learning_rate)
        for task, seed, cell in product(given.task, range(given.seeds), given.cells)
    ]
    done = {record.plan for record in read(given.results) if record.is_of_today}
    waiting = [plan for plan in plans if plan not in done]
    most = len(waiting) * given.minutes
    print(f"{len(waiting)} of {len(plans)} runs to go, {most:.0f} minutes at most", flush=True)
    for number, plan in enumerate(waiting, 1):
        _one(plan, f"{number}/{len(waiting)}", given.results)
    _show(given)


def _one(plan: Plan, place: str, results: Path) -> None:
    found = run(plan)
    versions = {name: version(name) for name in MEASURED_WITH}
    append(results, Record(plan, found, versions, _machine()))
    last = f"{found.curve[-1][1] / found.baseline:.3g}" if found.curve else "no number"
    print(
        f"{place} {plan.task} {plan.cell} seed {plan.seed}: {found.units} units, "
        f"{found.steps} steps in {found.seconds:.0f} s, loss / baseline {last} ({found.ended})",
        flush=True,
    )


def _machine() -> str:
    """How much a minute is worth."""
    threads = f"{torch.get_num_threads()} of {os.cpu_count()} processors a run"
    return f"{platform.machine()} with {torch.backends.cpu.get_cpu_capability()}, {threads}"


def _show(given: argparse.Namespace) -> None:
    """Makes page and picture of all runs that were made alike."""
    wanted = (given.budget, given.minutes, given.learning_rate)
    alike = [
        record
        for record in read(given.results)
        if record.is_of_today
        and (record.plan.budget, record.plan.minutes, record.plan.learning_rate) == wanted
    ]
    drawn = given.results.with_suffix(".png")
    picture.draw(alike, drawn)
    page.write(given.page, page.page(alike, os.path.relpath(drawn, given.page.parent)))
    print(f"{given.page}\n{drawn}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--task", nargs="+", choices=TASKS, default=list(TASKS), metavar="TASK")
    parser.add_argument("--cells", nargs="+", choices=names(), default=CELLS, metavar="CELL")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0 (default 3)")
    parser.add_argument(
        "--budget", type=int, default=20_000, help="parameters of the layer (default 20,000)"
    )
    parser.add_argument("--minutes", type=float, default=3, help="the most a run (default 3)")
    parser.add_argument("--learning-rate", type=float, default=1e-2)
    parser.add_argument(
        "--results", type=Path, default=ROOT / "benchmarks" / "results" / "memory.jsonl"
    )
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "results" / "memory.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
