"""The results as a page of the documentation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from figures import Row, by_task
from records import Record
from settings import BATCH_SIZE, CLIP_NORM, ENOUGH, SOLVED

HEAD = """# Long memory

{commands}
made the runs of this page; other values of `--task`, `--cells` and `--seeds` add to it.

Every cell has the units with which its layer comes closest to {budget} parameters from below; a
linear head is on top. All are trained alike: Adam with a learning rate of {rate:g}, batches of
{batch}, gradients clipped to a norm of {clip:g}, fresh examples at every step, {minutes:g} min
a run or until the loss is below {enough:g} of the baseline. Where a cell's gates say how much is
kept, they start with memories up to as long as the task asks (chrono initialisation); the others
start as the cell declares.

Losses are those of held-out examples, the least of a run, as a share of the baseline: the loss of
an answer that remembers nothing. Accuracy is the greatest of a run, over all that is asked; in the
copying task most of that are blanks. A task counts as solved below {solved:g}. Figures are medians
over seeds, their number stands after "of"; a loss of inf is one that overflowed at once. How many
steps fit into the minutes depends on the machine.

- {versions}
- {machine}

![Losses by step]({picture})
"""

COLUMNS = (
    "cell",
    "units",
    "parameters",
    "loss / baseline",
    "least to greatest",
    "accuracy",
    "solved",
    "after steps",
    "ms a step",
)


def page(records: Sequence[Record], picture: str) -> str:
    """The page, of runs that share budget, minutes and learning rate."""
    plan = records[0].plan
    versions = ", ".join(f"{name} {version}" for name, version in records[-1].versions.items())
    text = HEAD.format(
        commands=",\n".join(_commands(records)),
        budget=f"{plan.budget:,}",
        rate=plan.learning_rate,
        batch=BATCH_SIZE,
        clip=CLIP_NORM,
        minutes=plan.minutes,
        enough=ENOUGH,
        solved=SOLVED,
        versions=versions,
        machine="; ".join(dict.fromkeys(record.machine for record in records)),
        picture=picture,
    )
    return text + "".join(_section(task, rows) for task, rows in by_task(records))


def _commands(records: Sequence[Record]) -> list[str]:
    """What makes these runs, tasks with as many seeds together."""
    seeds = {one.plan.task: 0 for one in records}
    for one in records:
        seeds[one.plan.task] = max(seeds[one.plan.task], one.plan.seed + 1)
    minutes = records[0].plan.minutes
    return [
        f"`python benchmarks/memory/run.py --minutes {minutes:g} --seeds {count} --task "
        f"{' '.join(task for task, own in seeds.items() if own == count)}`"
        for count in sorted(set(seeds.values()))
    ]


def write(path: Path, text: str) -> None:
    """Writes the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _section(task: str, rows: list[Row]) -> str:
    run = rows[0].runs[0]
    head = f"\n## {task}\n\n`{run.setting}`, baseline {run.baseline:.3g}.\n\n"
    table = f"| {' | '.join(COLUMNS)} |\n| :-- |{' --: |' * (len(COLUMNS) - 1)}\n"
    return head + table + "".join(map(_line, rows))


def _line(row: Row) -> str:
    cells = (
        f"`{row.cell}`",
        f"{row.units}",
        f"{row.parameters:,}",
        f"{row.share:.3g}",
        f"{row.spread[0]:.3g} to {row.spread[1]:.3g}",
        "-" if row.right is None else f"{row.right:.1%}",
        f"{row.solved} of {len(row.runs)}",
        "-" if row.steps is None else f"{row.steps:,.0f}",
        f"{row.milliseconds:.1f}",
    )
    return f"| {' | '.join(cells)} |\n"
