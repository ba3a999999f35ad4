"""Recurra's kernels beside their peers: correctness first, then time.

    python benchmarks/kernels/run.py                         # all parts: an hour or more
    python benchmarks/kernels/run.py --only lstm,streaming   # some parts
    python benchmarks/kernels/run.py --shapes small --rounds 2   # whether the programs run

Each part is merged into benchmarks/results/kernels.json, and docs/results/kernels.md and the
picture are made anew from that. With ``--shapes small`` all goes to .bench/smoke instead.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import page
import picture
from machine import machine, versions
from parts.catalogue import PARTS, Part
from records import Record, merge, read
from settings import JAX, ROOT, Settings


def main() -> None:
    given = _arguments()
    cells = tuple(name for name in given.cells.split(",") if name)
    settings = Settings(given.rounds, given.shapes == "small", cells)
    if settings.small:
        results = text = ROOT / ".bench" / "smoke"
    else:
        results, text = ROOT / "benchmarks" / "results", ROOT / "docs" / "results"
    for part in _chosen(given.only):
        rows = part.measure(settings)
        record = Record(given.rounds, machine(settings.threads), versions(JAX), rows)
        merge(results / "kernels.json", part.name, record)
        write_page(results, text)


def write_page(results: Path, text: Path) -> None:
    """The picture and the page, from all that was measured so far."""
    records = read(results / "kernels.json")
    drawing = results / "kernels.png"
    seen = os.path.relpath(drawing, text) if picture.draw(records, drawing) else ""
    text.mkdir(parents=True, exist_ok=True)
    (text / "kernels.md").write_text(page.page(records, seen), encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ",".join(part.name for part in PARTS)
    parser.add_argument("--only", default=names, help=f"parts, of {names}")
    parser.add_argument("--rounds", type=int, default=10, help="of each contestant, at least")
    parser.add_argument("--shapes", choices=["all", "small"], default="all")
    parser.add_argument("--cells", default="", help="the only cells of the parts for every cell")
    return parser.parse_args()


def _chosen(only: str) -> list[Part]:
    by_name = {part.name: part for part in PARTS}
    wanted = [name for name in only.split(",") if name]
    for name in wanted:
        if name not in by_name:
            raise SystemExit(f"no part {name!r}; there are {', '.join(by_name)}")
    return [by_name[name] for name in wanted]


if __name__ == "__main__":
    main()
