"""What a paper found, held against what was found here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from recurra.studies.analysis.comparison import Pair, compared, contrasted
from recurra.studies.analysis.importance import Importance, of_cell, together
from recurra.studies.analysis.results import Cell, Results, short
from recurra.studies.declaration import Study

Says = Literal["holds", "holds where it can be told", "does not hold", "cannot be told"]


@dataclass(frozen=True)
class Evidence:
    """All that is made of a study's trials.

    Attributes:
        results: The trials themselves.
        pairs: Every two cells on each task, corrected for all pairs of the task.
        importance: Of the settings on each task, the mean over cells; without tasks on which no
            cell has enough trials.
    """

    results: Results
    pairs: dict[str, list[Pair]]
    importance: dict[str, Importance]

    @classmethod
    def of(cls, results: Results) -> Evidence:
        """From the trials."""
        study = results.study
        importance = {}
        for task in study.tasks:
            drawn = [one.name for one in study.contenders if not one.settings]
            each = [of_cell(results.cells[task, name], study.space) for name in drawn]
            if known := [one for one in each if one is not None]:
                importance[task] = together(known)
        pairs = {task: compared(results.on(task)) for task in study.tasks}
        return cls(results, pairs, importance)

    def contrasts(self, task: str, pairs: Iterable[tuple[str, str]]) -> list[Pair] | None:
        """Planned comparisons: pairs that a finding is about, corrected for their number alone.

        None if there are too few figures for one of them.
        """
        on = self.results.cells
        named = [(on[task, one], on[task, other]) for one, other in pairs]
        found = contrasted(named)
        return found if len(found) == len(named) else None


@dataclass(frozen=True)
class Finding:
    """A sentence of a paper and how it is tested.

    Attributes:
        paper: What it found, in our words.
        tested: Says whether it holds by the evidence, and why.
    """

    paper: str
    tested: Callable[[Evidence], tuple[Says, str]]


@dataclass(frozen=True)
class Built:
    """A study that comes with Recurra.

    Attributes:
        study: Its declaration.
        findings: What its paper found.
        published: Figures of the paper by task and cell, in the task's unit.
        answer: What it says before all else, in sentences.
        made_for: Makes it one for some data, where its tasks depend on them: of the declaration
            with what was asked for, whose tasks may be several still, and the path.
    """

    study: Study
    findings: Sequence[Finding] = ()
    published: Mapping[tuple[str, str], float] = field(default_factory=dict)
    answer: Callable[[Evidence], Sequence[str]] | None = None
    made_for: Callable[[Study, Path | None], Built] | None = None


def on_each(
    evidence: Evidence, tasks: Sequence[str], test: Callable[[str], tuple[Says, str]]
) -> tuple[Says, str]:
    """A test on each task, taken together: it holds if it does on all that tell anything."""
    found = [(task, *test(task)) for task in tasks]
    said = {one[1] for one in found}
    words = "; ".join(f"{short(task)}: {why}" for task, _, why in found)
    if not found:
        return "cannot be told", "it is about tasks that are not in this study"
    if "does not hold" in said:
        return "does not hold", words
    if said == {"holds", "cannot be told"}:
        return "holds where it can be told", words
    return found[0][1], words


def verdict(cells: Sequence[Cell], pairs: Sequence[Pair]) -> str:
    """Which cell is best on a task, and from which it cannot be told apart."""
    known = [cell for cell in cells if cell.figures]
    if not known:
        return "no trial has ended"
    best = min(known, key=lambda cell: cell.mean)
    against = {
        (pair.other if pair.one == best.name else pair.one): pair
        for pair in pairs
        if best.name in {pair.one, pair.other}
    }
    worse = [name for name, pair in against.items() if pair.differs]
    level = [name for name, pair in against.items() if not pair.difference]
    alike = [name for name in against if name not in {*worse, *level}]
    ahead = [f"of {', '.join(worse)} by more than chance"] if worse else []
    ahead += [f"of {', '.join(alike)} perhaps by chance"] if alike else []
    said = [f"{best.name} is best with {best.mean:.4g}"]
    said += [f"level with {', '.join(level)}"] if level else []
    said += ["ahead " + " and ".join(ahead)] if ahead else []
    said += [] if against else ["too few figures to tell chance"]
    return ", ".join(said)
