"""The page of docs/results on a study that came with Recurra, from its folder.

    recurra study greff2015 --data FOLDER --out STUDY
    python benchmarks/studies/page.py greff2015 STUDY

Writes docs/results/study-NAME.md and its picture; nothing is run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import torch

from recurra import atomic
from recurra.applications.reporting import Table
from recurra.studies import Built, Evidence, Results, Storage, Study, built_in, picture, report

ROOT = Path(__file__).resolve().parents[2]


def main() -> None:
    given = _arguments()
    built = built_in.find(given.name)
    study = _as_run(built.study, given.folder)
    with Storage(given.folder) as storage:
        evidence = Evidence.of(Results.of(study, storage))
    drawn = ROOT / "docs" / "pictures" / f"study-{given.name}.png"
    atomic.write(drawn, picture.draw(evidence))
    page = ROOT / "docs" / "results" / f"study-{given.name}.md"
    atomic.write(page, _page(evidence, built, os.path.relpath(drawn, page.parent)).encode())
    print(page, drawn, sep="\n")


def _as_run(study: Study, folder: Path) -> Study:
    """With the tasks and trials that were asked for."""
    told = json.loads((folder / "study.json").read_text())
    return study.changed(tasks=tuple(told["tasks"]), trials=told["trials"])


def _page(evidence: Evidence, built: Built, picture: str) -> str:
    study = evidence.results.study
    lines = [
        f"# The study {study.name}",
        study.about,
        "```console\n"
        f"$ recurra study {study.name} --data FOLDER --out STUDY\n"
        f"$ python benchmarks/studies/page.py {study.name} STUDY\n```",
        f"{evidence.results.ended:,} trials, one thread each, on {platform.machine()} with "
        f"{torch.backends.cpu.get_cpu_capability()}; recurra {version('recurra')}, torch "
        f"{version('torch')}, seed {study.seed}. The run may be stopped and go on with "
        "`--resume`; no trial is lost or run twice.",
        f"![Figures of every trial, learning curves, importance]({picture})",
        "## What follows",
        "\n".join(f"- {said}" for said in report.conclusions(evidence)),
    ]
    for table in report.tables(evidence, built):
        lines += [f"## {table.heading}", _markdown(table)]
        lines += [table.note] if table.note else []
    lines += [
        "## How it was made",
        "\n".join(f"- {name}: {value}" for name, value in report.settings(study).items()),
        "\n".join(f"- {note}" for note in report.notes(evidence)[1:]),
    ]
    return "\n\n".join(lines) + "\n"


def _markdown(table: Table) -> str:
    right = [n > 0 and not table.is_words(n) for n in range(len(table.columns))]
    aligned = ["---:" if so else "---" for so in right]
    rows = [table.columns, aligned, *table.rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=built_in.names())
    parser.add_argument("folder", type=Path, metavar="STUDY")
    return parser.parse_args()


if __name__ == "__main__":
    main()
