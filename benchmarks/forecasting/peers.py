"""Recurra's forecaster beside NeuralForecast and Darts: accuracy, speed and memory.

    python benchmarks/forecasting/peers.py [PATH/forecasting]    # `make bench-peers` first

One process a library, case and round, the libraries in turn. Without the folder, or where m4 is not
in it, the simulated series alone are forecast. A finished process is a line of
benchmarks/results/forecasting_peers.jsonl and is not run again, so that the command can be stopped
and given again; ``--again`` forgets them. Writes docs/results/forecasting-peers.md; with fewer
steps than the cases say, which shows nothing but that the programs run, to .bench/smoke instead.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from metrics import mase, smape
from peers_case import CASES, Array, Case, store
from peers_data import series
from peers_page import page
from peers_run import FIRST, PEERS, RECURRA, Job, Peer, data, forecasts, run

ROOT = Path(__file__).resolve().parents[2]

CELLS = {"one series": ("lstm", "gru"), "simulated panel": ("gru",), "M4 hourly": ("lstm",)}


def main() -> None:
    given = _arguments()
    smoke = ROOT / ".bench" / "smoke"
    results = smoke if given.steps else ROOT / "benchmarks" / "results"
    pages = smoke if given.steps else ROOT / "docs" / "results"
    smoke.mkdir(parents=True, exist_ok=True)
    lines = results / "forecasting_peers.jsonl"
    if given.again:
        lines.unlink(missing_ok=True)
    known = {name: one for name, one in series(given.folder).items() if given.only in name}
    with tempfile.TemporaryDirectory() as name:
        for case in map(CASES.__getitem__, known):
            store(data(case, Path(name)), known[case.name])
            _measure(case, known[case.name], Path(name), lines, given)
    (pages / "forecasting-peers.md").write_text(page(_read(lines)), encoding="utf-8")


def _measure(
    case: Case, truth: list[Array], folder: Path, lines: Path, given: argparse.Namespace
) -> None:
    """Appends a line for each process that was not run before."""
    for number, peer, job in _processes(case, given):
        row = {"case": case.name, "cell": job.cell, "peer": peer.name}
        row |= {"round": number, "asked": job.threads}
        if any(row.items() <= one.items() for one in _read(lines)):
            continue
        if peer is RECURRA and not (folder / "cache" / job.cell).exists():
            # One run that does not count fills the cache.
            run(peer, replace(job, steps=1), folder)
            (folder / "cache" / job.cell).touch()
        row |= run(peer, job, folder)
        row |= _errors(case, np.load(forecasts(peer, job, folder)), truth)
        with lines.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        print(*row.values(), flush=True)


def _processes(case: Case, given: argparse.Namespace) -> Iterator[tuple[int, Peer, Job]]:
    """In rounds with one thread each, and one with as many as each library takes by itself."""
    there = [peer for peer in PEERS if not peer.absent]
    for cell in CELLS[case.name]:
        job = Job(case, cell, 1, given.steps or case.steps)
        for number in range(given.rounds):
            yield from ((number, peer, job) for peer in there)
        yield 0, FIRST, job
        if not given.one_thread:
            yield from ((0, peer, replace(job, threads=0)) for peer in there)


def _errors(case: Case, found: Array, truth: list[Array]) -> Mapping[str, float]:
    """The sMAPE in percent and the MASE, each the mean over all series and origins."""
    span = case.origins * case.horizon
    train = [one[:-span].astype(np.float64) for one in truth]
    came = [one[-span:].astype(np.float64) for one in truth]
    flat = [one.reshape(-1) for one in found]
    return {
        "smape": float(smape(flat, came).mean()),
        "mase": float(np.nanmean(mase(flat, came, train, case.season))),
    }


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="where m4 is")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=0, help="instead of those of the cases")
    parser.add_argument(
        "--one-thread", action="store_true", help="leave out runs on each library's own threads"
    )
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--again", action="store_true", help="forget what was measured")
    return parser.parse_args()


if __name__ == "__main__":
    main()
