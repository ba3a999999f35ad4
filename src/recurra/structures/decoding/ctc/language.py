"""What is likely to be said, whatever was heard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeAlias

import torch
from torch import Tensor

from recurra.errors import ShapeError
from recurra.structures.decoding.stepwise import (
    S,
    Stepwise,
    advance,
    check_log_probs,
    check_start,
)

Prefix: TypeAlias = tuple[int, ...]
"""Labels so far."""

LanguageModel: TypeAlias = Callable[[Sequence[Prefix]], Tensor]
"""N prefixes, to the log-probabilities of the label that follows each, (N, W) with W at least V."""


def stepwise_language_model(model: Stepwise[S], start: Tensor, state: S) -> LanguageModel:
    """A stepwise model as a language model.

    It remembers the states of the prefixes it was last asked for, so that a prefix that is longer
    by a label takes one step.

    Args:
        model: Says what may follow; in evaluation mode, if it has dropout.
        start: What it reads first, (1,) int64.
        state: What it starts from, for a single row.

    Raises:
        ShapeError: If ``start`` has another shape.
    """
    check_start(start)
    if len(start) != 1:
        raise ShapeError(f"{len(start)} start symbols", "one: all rows start alike")
    return _Remembering(model, start, state)


class _Remembering(Generic[S]):
    """Runs a model over prefixes, from the longest that it remembers.

    Attributes:
        known: For each prefix the log-probabilities of what follows, (W,), and where the state
            after it is: which row of a state of several.
    """

    def __init__(self, model: Stepwise[S], start: Tensor, state: S) -> None:
        self.model, self.start, self.state = model, start, state
        self.known: dict[Prefix, tuple[Tensor, S, int]] = {}

    @torch.no_grad()
    def __call__(self, prefixes: Sequence[Prefix]) -> Tensor:
        needed = self._needed(prefixes)
        for length in sorted({len(prefix) for prefix in needed}):
            self._learn([prefix for prefix in needed if len(prefix) == length])
        self.known = {prefix: self.known[prefix] for prefix in prefixes}
        return torch.stack([self.known[prefix][0] for prefix in prefixes])

    def _needed(self, prefixes: Sequence[Prefix]) -> dict[Prefix, None]:
        """What is not known of the prefixes and the ways to them, in the order it is met."""
        needed: dict[Prefix, None] = {}
        for prefix in prefixes:
            head = prefix
            while head not in self.known and head not in needed:
                needed[head] = None
                head = head[:-1]
        return needed

    def _learn(self, prefixes: list[Prefix]) -> None:
        """Takes a step to each prefix, from the prefixes that are shorter by a label."""
        by_state: dict[int, tuple[S, list[Prefix], list[int]]] = {}
        for prefix in prefixes:
            _, state, row = self.known[prefix[:-1]] if prefix else (None, self.state, 0)
            _, members, rows = by_state.setdefault(id(state), (state, [], []))
            members.append(prefix)
            rows.append(row)
        for state, members, rows in by_state.values():
            self._step(members, state, rows)

    def _step(self, prefixes: list[Prefix], state: S, rows: list[int]) -> None:
        before = self.model.select(state, torch.tensor(rows, device=self.start.device))
        last = [self.start.new_tensor(prefix[-1:]) if prefix else self.start for prefix in prefixes]
        log_probs, after = advance(self.model, torch.cat(last), before, None)
        for row, prefix in enumerate(prefixes):
            self.known[prefix] = log_probs[row], after, row


def next_log_probs(model: LanguageModel, prefixes: Sequence[Prefix], size: int) -> Tensor:
    """What a language model gives, checked and on the processor as float64, (N, W).

    Args:
        model: Asked.
        prefixes: N of them.
        size: W is at least this.

    Raises:
        ShapeError: If it gives another shape.
        DataError: If it gives NaN, or a number above 0.
    """
    found = model(prefixes)
    if found.dim() != 2 or len(found) != len(prefixes) or found.shape[1] < size:
        raise ShapeError(
            f"a language model that gives numbers of shape {tuple(found.shape)}",
            f"log-probabilities (N, W) with N = {len(prefixes)} and W at least {size}",
            "the columns are the labels, then what else the language model knows",
        )
    check_log_probs(found)
    return found.detach().double().cpu()
