"""A network of a job at work on one sequence, as ``explain`` of the jobs shows it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from recurra.explain import Explanation
from recurra.explain.examining import Ask, Asked, examine
from recurra.explain.explanation import Array
from recurra.explain.watching import layers_of
from recurra.explain.wording import Words

NAMED = 60
"""Characters of a text that stand for it in a heading."""


@dataclass(frozen=True)
class View:
    """A sequence, and what is asked about it.

    Attributes:
        title: What the sequence is.
        words: How the answer and the steps are spoken of.
        x: What the network's recurrent part, or what stands before it, reads, (T, I).
        baseline: What stands for a sequence that says nothing, (T, I).
        ask: From the network and inputs (N, T, I) to one number each, (N,).
        values: The sequence as people know it, (T,); None for a text.
        notes: What was chosen or left out, a sentence each.
    """

    title: str
    words: Words
    x: Tensor
    baseline: Tensor
    ask: Ask
    values: Array | None = None
    notes: tuple[str, ...] = ()


def look_inside(network: nn.Module, view: View) -> Explanation:
    """Every gate and state of a network on one sequence, and what carries its answer.

    Args:
        network: One with a recurrent layer, which reads the sequence step by step. It stays as it
            is.
        view: The sequence, and what is asked.
    """
    name = next(iter(layers_of(network).values())).cell.name
    seen = examine(Asked(network, view.x, view.baseline, view.ask), name)
    return Explanation(view.title, view.words, (seen,), view.values, notes=view.notes)


def heading(text: str) -> str:
    """A text as it stands in a heading: its beginning."""
    line = " ".join(text.split())
    return line if len(line) <= NAMED else line[: NAMED - 1] + "…"
