"""Beam search: the likeliest sequences among those that begin with one of a few likely ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import torch
from torch import Tensor

from recurra.errors import DataError, OptionError, ShapeError
from recurra.options import whole
from recurra.structures.decoding.decoded import Decoded
from recurra.structures.decoding.options import mark, weight
from recurra.structures.decoding.paths import Paths
from recurra.structures.decoding.penalties import length_divisor, uncovered
from recurra.structures.decoding.stepwise import Attentive, S, Stepwise, advance, check_start


@torch.no_grad()
def beam_search(
    model: Stepwise[S],
    start: Tensor,
    state: S,
    *,
    end: int | None,
    max_length: int,
    beam: int = 4,
    length_penalty: float = 0.6,
    coverage_penalty: float = 0.0,
) -> Decoded:
    """The best sequence that a beam finds in each row.

    At each step the ``beam`` likeliest hypotheses are extended by every symbol. Of the ``beam``
    likeliest extensions those with the end mark are finished; the likeliest others are extended
    further. Finished ones are compared by Wu et al. 2016 (arXiv:1609.08144), eq. 14::

        score(Y) = log P(Y | X) / lp(Y) + cp(X; Y)
        lp(Y) = (5 + |Y|)**length_penalty / (5 + 1)**length_penalty
        cp(X; Y) = coverage_penalty * sum over i of log(min(sum over j of p_ij, 1))

    with ``|Y|`` the symbols, end mark included, and p_ij the attention that the j-th paid to the
    i-th step of the source. The result is the best finished one or, if ``max_length`` came first,
    the best unfinished. A row's search stops when no hypothesis can become better than what it has.

    A beam as wide as there are hypotheses is an exhaustive search. A beam of 1 with
    ``length_penalty=0`` is greedy decoding.

    Args:
        model: Says what may follow; in evaluation mode, if it has dropout.
        start: What each row reads first, (B,) int64.
        state: What the model starts from, for B rows.
        end: The end mark, which ends a row and counts as its last symbol; None if there is none.
        max_length: The most symbols a row gets, end mark included; at least 0.
        beam: How many hypotheses of a row are extended, at least 1; all, where there are fewer.
        length_penalty: At least 0: 0 compares log-probabilities as they are, which favours short
            sequences; 1 comes near to comparing by the mean of a symbol.
        coverage_penalty: At least 0; above it the model must be ``Attentive``.

    Returns:
        The symbols, padded with the end mark; a row's score is that of eq. 14.

    Raises:
        DataError: If the model gives NaN, numbers above 0, or no possible sequence.
        OptionError: If an option is out of range, or the model gives no attention to penalise.
        ShapeError: If a tensor does not fit.
    """
    options = _Options(end, max_length, beam, length_penalty, coverage_penalty)
    found = _Search(model, start, options).run(start, state)
    return _trimmed(found.symbols[:, 0], found.lengths[:, 0], found.scores[:, 0])


@torch.no_grad()
def beam_search_n_best(
    model: Stepwise[S],
    start: Tensor,
    state: S,
    *,
    n: int,
    end: int | None,
    max_length: int,
    beam: int = 4,
    length_penalty: float = 0.6,
    coverage_penalty: float = 0.0,
) -> list[Decoded]:
    """The best sequences that a beam finds in each row: :func:`beam_search` says how.

    Args:
        model: As there.
        start: As there.
        state: As there.
        n: How many sequences of a row, from 1 to ``beam``.
        end: As there.
        max_length: As there.
        beam: As there.
        length_penalty: As there.
        coverage_penalty: As there.

    Returns:
        For each row up to n sequences: the finished ones, best first, then unfinished ones, best
        first. They are fewer where the beam met fewer that are possible.

    Raises:
        DataError: As there.
        OptionError: As there, or if ``n`` is out of range.
        ShapeError: As there.
    """
    options = _Options(end, max_length, beam, length_penalty, coverage_penalty, n)
    found = _Search(model, start, options).run(start, state)
    counts = (found.scores > -torch.inf).sum(dim=1).tolist()
    return [
        _trimmed(found.symbols[row, :count], found.lengths[row, :count], found.scores[row, :count])
        for row, count in enumerate(counts)
    ]


@dataclass(frozen=True, slots=True)
class _Options:
    """What :func:`beam_search` was asked for, checked."""

    end: int | None
    max_length: int
    beam: int
    length_penalty: float
    coverage_penalty: float
    n: int = 1

    def __post_init__(self) -> None:
        mark(self.end)
        whole("max_length", self.max_length, 0)
        weight("length_penalty", self.length_penalty)
        weight("coverage_penalty", self.coverage_penalty)
        if whole("n", self.n, 1) > whole("beam", self.beam, 1):
            raise OptionError(
                f"n={self.n} with beam={self.beam}",
                "at most as many sequences as the beam is wide",
                f"beam={self.n}",
            )


@dataclass(slots=True)
class _Hypotheses:
    """Some of each row: scores (B, N), -inf where there is none; where they lie; their lengths."""

    scores: Tensor
    slots: Tensor
    lengths: Tensor

    def beside(self, other: _Hypotheses) -> _Hypotheses:
        """Both side by side."""
        return _Hypotheses(
            torch.cat([self.scores, other.scores], dim=1),
            torch.cat([self.slots, other.slots], dim=1),
            torch.cat([self.lengths, other.lengths], dim=1),
        )

    def at(self, places: Tensor) -> _Hypotheses:
        """Those at places (B, M)."""
        return _Hypotheses(
            self.scores.gather(1, places),
            self.slots.gather(1, places),
            self.lengths.gather(1, places),
        )

    def best(self, count: int) -> _Hypotheses:
        """The best of each row, best first; of equals those that stand first."""
        order = self.scores.argsort(dim=1, descending=True, stable=True)
        return self.at(order[:, :count])


@dataclass(slots=True)
class _Found:
    """The best sequences of each row: symbols (B, n, L), lengths (B, n), scores (B, n)."""

    symbols: Tensor
    lengths: Tensor
    scores: Tensor


class _Search(Generic[S]):
    """A search in a batch of rows.

    Attributes:
        options: How.
        live: The log-probabilities of the hypotheses that are extended, (B, K).
        finished: The best n finished ones.
        seen: The attention that each live one has paid to the source so far, (B, K, T), and which
            steps of the source are there, (B, 1, T); None if nobody asks.
    """

    def __init__(self, model: Stepwise[S], start: Tensor, options: _Options) -> None:
        check_start(start)
        self.model, self.options, self.end = model, options, options.end
        self._check_sight()
        rows, device = len(start), start.device
        self.live = torch.zeros((rows, 1), device=device)
        self.seen: tuple[Tensor, Tensor] | None = None
        none = torch.zeros((rows, options.n), dtype=torch.int64, device=device)
        self.finished = _Hypotheses(none.float() - torch.inf, none, none)
        self.paths = Paths()

    def _check_sight(self) -> None:
        if self.options.coverage_penalty and not isinstance(self.model, Attentive):
            raise OptionError(
                f"coverage_penalty={self.options.coverage_penalty} for a "
                f"{type(self.model).__name__}, which does not say where it looks",
                "a model with a method attention(state)",
                "coverage_penalty=0",
            )

    def run(self, start: Tensor, state: S) -> _Found:
        symbols, steps = start, self.options.max_length if len(start) else 0
        for number in range(steps):
            log_probs, state = advance(self.model, symbols, state, self.end)
            self._look(state)
            rows, symbols = self._extend(log_probs, number)
            if self._is_done():
                break
            state = self.model.select(state, rows)
        return self._outcome()

    def _look(self, state: S) -> None:
        """Adds where the step looked to what each hypothesis has seen."""
        if not self.options.coverage_penalty or not isinstance(self.model, Attentive):
            return
        weights, there = self.model.attention(state)
        rows, width = self.live.shape
        if weights.dim() != 2 or len(weights) != rows * width or there.shape != weights.shape:
            raise ShapeError(
                f"attention of shape {tuple(weights.shape)} and {tuple(there.shape)}",
                f"weights and booleans (B, T) with B = {rows * width}",
            )
        weights = weights.reshape(rows, width, -1)
        before = 0.0 if self.seen is None else self.seen[0]
        self.seen = before + weights, there.reshape(rows, width, -1)[:, :1]

    def _extend(self, log_probs: Tensor, number: int) -> tuple[Tensor, Tensor]:
        """Extends each hypothesis by each symbol and keeps the likeliest.

        Returns:
            The rows of the state to go on from, and what each reads, (B K,).
        """
        rows, width = self.live.shape
        size = log_probs.shape[1]
        totals = (self.live.unsqueeze(2) + log_probs.reshape(rows, width, size)).flatten(1)
        # At most as many as the beam is wide end here, so that among twice as many enough do not.
        values, places = totals.topk(min(2 * self.options.beam, width * size), dim=1)
        parents = places.div(size, rounding_mode="floor")
        symbols = places - parents * size
        ends = (
            torch.zeros_like(symbols, dtype=torch.bool)
            if self.end is None
            else (symbols == self.end)
        )
        self._finish(values, parents, ends, number)
        going_on = min(self.options.beam, width * (size - (self.end is not None)))
        order = ends.to(torch.int8).argsort(dim=1, stable=True)[:, :going_on]
        parents, symbols = parents.gather(1, order), symbols.gather(1, order)
        self.live = values.gather(1, order)
        if going_on:
            self.paths.add(parents, symbols)
        if self.seen is not None:
            self.seen = _of_rows(self.seen[0], parents), self.seen[1]
        first = torch.arange(rows, device=parents.device).unsqueeze(1) * width
        return (first + parents).flatten(), symbols.flatten()

    def _finish(self, values: Tensor, parents: Tensor, ends: Tensor, number: int) -> None:
        """Puts the hypotheses that end among those that have."""
        ends, values, parents = (part[:, : self.options.beam] for part in (ends, values, parents))
        seen = None if self.seen is None else _of_rows(self.seen[0], parents)
        scores = self._scores(values, number + 1, seen).masked_fill(~ends, -torch.inf)
        ended = _Hypotheses(scores, parents, torch.full_like(parents, number + 1))
        self.finished = self.finished.beside(ended).best(self.options.n)

    def _scores(self, log_probs: Tensor, length: int, seen: Tensor | None) -> Tensor:
        scores = log_probs / length_divisor(length, self.options.length_penalty)
        if seen is None or self.seen is None:
            return scores
        return scores + self.options.coverage_penalty * uncovered(seen, self.seen[1])

    def _is_done(self) -> bool:
        """Whether what is live can nowhere become better than the n-th best that is finished."""
        if not self.live.shape[1]:
            return True
        if self.end is None:
            return False
        # A log-probability can only fall, and is divided by no more than at the greatest length.
        hope = self.live.amax(dim=1) / length_divisor(
            self.options.max_length, self.options.length_penalty
        )
        return bool((self.finished.scores[:, -1] >= hope).all())

    def _outcome(self) -> _Found:
        """The best of each row, what is finished before what is not."""
        steps = len(self.paths.symbols)
        width = self.live.shape[1]
        slots = torch.arange(width, device=self.live.device).expand(self.live.shape)
        seen = None if self.seen is None else self.seen[0]
        scores = self._scores(self.live, steps, seen)
        unfinished = _Hypotheses(scores, slots, torch.full_like(slots, steps)).best(self.options.n)
        both = self.finished.beside(unfinished)
        is_none = (both.scores == -torch.inf).to(torch.int8)
        places = is_none.argsort(dim=1, stable=True)[:, : self.options.n]
        found, ended = both.at(places), places < self.options.n
        self._check_possible(found.scores)
        padding = 0 if self.end is None else self.end
        # The end mark is never in the beam: it stands where padding does.
        symbols = self.paths.traced(found.slots, found.lengths - ended.long(), padding)
        last = torch.full((*symbols.shape[:2], 1), padding, device=symbols.device)
        return _Found(torch.cat([symbols, last], dim=2), found.lengths, found.scores)

    def _check_possible(self, scores: Tensor) -> None:
        stuck = scores.amax(dim=1) == -torch.inf
        if bool(stuck.any()):
            raise DataError(
                f"a probability of 0 for every sequence of row {int(stuck.nonzero()[0])} in the "
                "beam",
                "at least one sequence that is possible",
                "a wider beam, or a model in which the end mark is possible where nothing else is",
            )


def _of_rows(values: Tensor, slots: Tensor) -> Tensor:
    """Of values (B, K, T) those at slots (B, M): (B, M, T)."""
    return values.gather(1, slots.unsqueeze(2).expand(-1, -1, values.shape[2]))


def _trimmed(symbols: Tensor, lengths: Tensor, scores: Tensor) -> Decoded:
    """Without the padding that no row needs."""
    longest = int(lengths.max()) if lengths.numel() else 0
    return Decoded(symbols[:, :longest], lengths, scores)
