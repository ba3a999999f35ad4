"""The likeliest labels, as far as a beam of prefixes finds them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import DataError, OptionError
from recurra.options import whole
from recurra.structures.decoding import options
from recurra.structures.decoding.ctc.frames import frames
from recurra.structures.decoding.ctc.language import LanguageModel, Prefix, next_log_probs
from recurra.structures.decoding.decoded import Decoded, as_decoded
from recurra.structures.lengths import Lengths

Array = NDArray[np.float64]


@torch.no_grad()
def prefix_beam(
    log_probs: Tensor,
    lengths: Lengths | None = None,
    *,
    blank: int = 0,
    beam: int = 16,
    language_model: LanguageModel | None = None,
    lm_weight: float = 1.0,
    insertion_bonus: float = 0.0,
    lm_end: int | None = None,
) -> Decoded:
    """The best labels that a beam of prefixes finds in each row.

    Hannun et al. 2014 (arXiv:1408.2873), algorithm 1, in logarithms and float64. After each step
    the ``beam`` best prefixes are kept, by::

        score(labels) = log P(labels | log_probs) + lm_weight * log P(labels)
                        + insertion_bonus * |labels|

    P(labels | log_probs) the sum over all alignments met, P(labels) the language model's. A beam as
    wide as there are prefixes finds the best of all. Rows are decoded one after the other.

    Args:
        log_probs: The log-probability of each label at each step, (B, T, V).
        lengths: The length of each row, (B,), from 0 to T; T if None.
        blank: The label that stands for none.
        beam: How many prefixes are kept, at least 1; all, where there are fewer.
        language_model: What is likely to be said: prefixes as tuples of labels to log-probabilities
            of the label that follows, (N, W), columns being labels; what it says of the blank is
            ignored. ``stepwise_language_model`` makes it of a stepwise model. None for none.
        lm_weight: The language model's weight, at least 0.
        insertion_bonus: What each label adds, in nats: above 0 it makes up for the language model's
            dislike of long sequences.
        lm_end: The language model's end mark, a column from 0 to W - 1: its log-probability behind
            the last label counts too, by the same weight. None if it does not.

    Returns:
        The labels, padded with the blank; a row's score as above.

    Raises:
        DataError: If what should be log-probabilities are none, or no labels are possible.
        OptionError: If an option is out of range.
        ShapeError: If a tensor does not fit.
    """
    rows = prefix_beam_n_best(
        log_probs,
        lengths,
        n=1,
        blank=blank,
        beam=beam,
        language_model=language_model,
        lm_weight=lm_weight,
        insertion_bonus=insertion_bonus,
        lm_end=lm_end,
    )
    best = [(row.sequences()[0], float(row.scores[0])) for row in rows]
    return as_decoded(best, blank, like=log_probs)


@torch.no_grad()
def prefix_beam_n_best(
    log_probs: Tensor,
    lengths: Lengths | None = None,
    *,
    n: int,
    blank: int = 0,
    beam: int = 16,
    language_model: LanguageModel | None = None,
    lm_weight: float = 1.0,
    insertion_bonus: float = 0.0,
    lm_end: int | None = None,
) -> list[Decoded]:
    """The best labels that a beam of prefixes finds in each row: :func:`prefix_beam` says how.

    Args:
        log_probs: As there.
        lengths: As there.
        n: How many for each row, from 1 to ``beam``.
        blank: As there.
        beam: As there.
        language_model: As there.
        lm_weight: As there.
        insertion_bonus: As there.
        lm_end: As there.

    Returns:
        For each row up to n, best first; fewer where the beam met fewer that are possible.

    Raises:
        DataError: As there.
        OptionError: As there, or if ``n`` is out of range.
        ShapeError: As there.
    """
    found, _, known = frames(log_probs, lengths, blank)
    search = _Search(
        blank,
        whole("beam", beam, 1),
        language_model,
        options.weight("lm_weight", lm_weight),
        options.finite("insertion_bonus", insertion_bonus),
        None if lm_end is None else whole("lm_end", lm_end, 0),
    )
    if whole("n", n, 1) > beam:
        raise OptionError(
            f"n={n} with beam={beam}", "at most as many as the beam is wide", f"beam={n}"
        )
    if lm_end is not None and language_model is None:
        raise OptionError(f"lm_end={lm_end} without a language model", "both or none")
    numbers = found.double().cpu().numpy()
    rows = [search.run(numbers[row, :length], row)[:n] for row, length in enumerate(known.tolist())]
    return [as_decoded(row, blank, like=log_probs) for row in rows]


@dataclass(slots=True)
class _Prefixes:
    """All prefixes that were met, as a tree: each a label behind a shorter one, the first empty."""

    parents: list[int] = field(default_factory=lambda: [-1])
    labels: list[int] = field(default_factory=lambda: [-1])
    longer: dict[tuple[int, int], int] = field(default_factory=dict)

    def behind(self, prefix: int, label: int) -> int:
        """The prefix that is longer by a label."""
        found = self.longer.setdefault((prefix, label), len(self.parents))
        if found == len(self.parents):
            self.parents.append(prefix)
            self.labels.append(label)
        return found

    def written(self, prefix: int) -> Prefix:
        """A prefix's labels."""
        labels = []
        while prefix:
            labels.append(self.labels[prefix])
            prefix = self.parents[prefix]
        return tuple(reversed(labels))


@dataclass(slots=True)
class _Beam:
    """The prefixes that are kept.

    Attributes:
        prefixes: Their numbers in the tree, K.
        blank: The log-probability of the alignments of each that end with the blank, (K,).
        label: That of those that end with its last label, (K,).
        extra: What the language model and the bonus add, (K,).
    """

    prefixes: list[int]
    blank: Array
    label: Array
    extra: Array

    @property
    def total(self) -> Array:
        """The log-probability of all alignments met of each, (K,)."""
        return np.logaddexp(self.blank, self.label)


@dataclass(slots=True)
class _Search:
    """How a row is searched; see :func:`prefix_beam`."""

    blank: int
    width: int
    language_model: LanguageModel | None
    lm_weight: float
    bonus: float
    lm_end: int | None

    def run(self, numbers: Array, row: int) -> list[tuple[Prefix, float]]:
        """The prefixes that are left at the end of a row (T, V), best first, and their scores."""
        tree, size = _Prefixes(), numbers.shape[1]
        beam = _Beam([0], np.zeros(1), np.full(1, -np.inf), np.zeros(1))
        ahead = self._ahead(tree, beam, size)
        for frame in numbers:
            kept = beam.prefixes
            beam = self._step(tree, beam, frame, ahead[:, :size])
            if not beam.prefixes:
                break
            if beam.prefixes != kept:
                ahead = self._ahead(tree, beam, size)
        scores = beam.total + beam.extra
        if beam.prefixes:
            scores = scores + ahead[:, size]
        order = [k for k in np.argsort(-scores, kind="stable") if scores[k] > -np.inf]
        if not order:
            raise DataError(
                f"a probability of 0 for all labels of row {row}",
                "labels that are possible",
                "look for -inf in the log-probabilities, and in the language model's",
            )
        return [(tree.written(beam.prefixes[k]), float(scores[k])) for k in order]

    def _step(self, tree: _Prefixes, beam: _Beam, frame: Array, ahead: Array) -> _Beam:
        """The best prefixes after one more step of log-probabilities (V,)."""
        last = np.array([tree.labels[prefix] for prefix in beam.prefixes])
        every = np.arange(len(last))
        total = beam.total
        # The empty prefix has no last label, and no alignment that ends with it.
        same = frame[last] + beam.label
        longer = total[:, None] + frame
        # The last label anew is a second one only behind a blank.
        longer[every, last] = np.where(last < 0, longer[every, last], beam.blank + frame[last])
        longer[:, self.blank] = -np.inf
        self._join(tree, beam, last, same, longer)
        blank = total + frame[self.blank]
        extra = beam.extra[:, None] + ahead
        scores = np.concatenate([np.logaddexp(blank, same) + beam.extra, (longer + extra).ravel()])
        places = self._best(scores)
        old, new = places[places < len(last)], places[places >= len(last)] - len(last)
        parents, labels = np.divmod(new, len(frame))
        grown = zip(parents.tolist(), labels.tolist(), strict=True)
        return _Beam(
            [beam.prefixes[k] for k in old] + [tree.behind(beam.prefixes[k], c) for k, c in grown],
            np.concatenate([blank[old], np.full(len(new), -np.inf)]),
            np.concatenate([same[old], longer[parents, labels]]),
            np.concatenate([beam.extra[old], extra[parents, labels]]),
        )

    @staticmethod
    def _join(tree: _Prefixes, beam: _Beam, last: Array, same: Array, longer: Array) -> None:
        """Adds what leads from a kept prefix to another kept one to that."""
        place = {prefix: k for k, prefix in enumerate(beam.prefixes)}
        for k, prefix in enumerate(beam.prefixes):
            shorter = place.get(tree.parents[prefix])
            if shorter is not None:
                label = last[k]
                same[k] = np.logaddexp(same[k], longer[shorter, label])
                longer[shorter, label] = -np.inf

    def _best(self, scores: Array) -> NDArray[np.int64]:
        """The places of the best that are possible, in order of place."""
        if len(scores) > self.width:
            places = np.sort(np.argpartition(-scores, self.width - 1)[: self.width])
        else:
            places = np.arange(len(scores))
        return places[scores[places] > -np.inf]

    def _ahead(self, tree: _Prefixes, beam: _Beam, size: int) -> Array:
        """What each label adds behind each prefix, (K, V), in a last column what the end does."""
        ahead = np.full((len(beam.prefixes), size + 1), self.bonus)
        ahead[:, size] = 0.0
        if self.language_model is None or not self.lm_weight:
            return ahead
        prefixes = [tree.written(prefix) for prefix in beam.prefixes]
        end = -1 if self.lm_end is None else self.lm_end
        said = next_log_probs(self.language_model, prefixes, max(size, end + 1)).numpy()
        ahead[:, :size] += self.lm_weight * said[:, :size]
        if self.lm_end is not None:
            ahead[:, size] = self.lm_weight * said[:, end]
        return ahead
