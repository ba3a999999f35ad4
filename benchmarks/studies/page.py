"""The page of docs/results on a study that came with Recurra, from its folder.

    recurra study greff2015 --data FOLDER --out STUDY
    python benchmarks/studies/page.py greff2015 STUDY

Writes docs/results/study-NAME.md and its picture; nothing is run. Where tasks and trials
are others than the study's own, the page names the command that asks for them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shlex
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
    command = _command(study, built.study)
    drawn = ROOT / "docs" / "pictures" / f"study-{given.name}.png"
    atomic.write(drawn, picture.draw(evidence))
    page = ROOT / "docs" / "results" / f"study-{given.name}.md"
    shown = os.path.relpath(drawn, page.parent)
    atomic.write(page, _page(evidence, built, shown, command).encode())
    print(page, drawn, sep="\n")


def _as_run(study: Study, folder: Path) -> Study:
    """With the tasks and trials that were asked for."""
    told = json.loads((folder / "study.json").read_text())
    return study.changed(tasks=tuple(told["tasks"]), trials=told["trials"])


def _command(study: Study, declared: Study) -> str:
    """The command that makes a study of these tasks and trials.

    Raises:
        SystemExit: If there is none, since the study was declared otherwise then.
    """
    said = ["recurra", "study", study.name, "--data", "FOLDER", "--out", "STUDY"]
    if tuple(study.tasks) != tuple(declared.tasks):
        said += [word for task in study.tasks for word in ("--task", task)]
    counts = [study.trials_of(task) for task in study.tasks]
    if counts != [declared.trials_of(task) for task in study.tasks]:
        if len(set(counts)) > 1:
            raise SystemExit(f"no command asks for {counts} trials of {', '.join(study.tasks)}")
        said += ["--trials", str(counts[0])]
    return shlex.join(said)


def _page(evidence: Evidence, built: Built, drawn: str, command: str) -> str:
    study = evidence.results.study
    lines = [
        f"# The study {study.name}",
        study.about,
        f"```console\n$ {command}\n$ python benchmarks/studies/page.py {study.name} STUDY\n```",
        f"{evidence.results.ended:,} trials, one thread each, on {platform.machine()} with "
        f"{torch.backends.cpu.get_cpu_capability()}; recurra {version('recurra')}, torch "
        f"{version('torch')}, seed {study.seed}. The run may be stopped and go on with "
        "`--resume`; no trial is lost or run twice.",
        f"![Figures of every trial, learning curves, importance]({drawn})",
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


def _of_papers() -> list[str]:
    """The studies that are the same for everyone: not those that are made for some data."""
    return [name for name in built_in.names() if built_in.find(name).made_for is None]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("name", choices=_of_papers())
    parser.add_argument("folder", type=Path, metavar="STUDY")
    return parser.parse_args()


if __name__ == "__main__":
    main()
