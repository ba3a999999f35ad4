"""How much each number of an input did to one number that came out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import OptionError, ShapeError

Answer = Callable[[Tensor], Tensor]
"""From inputs (N, T, I) to one number each, (N,)."""

AT_ONCE = 40_000
"""Steps of all inputs of a call together, so that what is kept for the way back is read soon."""

INPUTS = (8, 64)
"""Inputs a call, at least and at most."""

POINTS = (8, 32, 128)
"""At how many points the gradient is taken: at more if the parts do not add up."""

SLACK = 1e-3
"""How far from the difference of the answers the parts may add up, of all their weight."""

ENOUGH = 0.05
"""The share of the difference that may be missing (Sundararajan, Taly & Yan 2017, section 5)."""

SINGLE = 256
"""Steps at most that are hidden one by one. Of more, stretches are hidden."""

STRETCHES = 64
"""Stretches of a long input."""

FINER = 8
"""How many stretches, those whose loss is greatest, are looked at again, in how many parts each."""


@dataclass(frozen=True)
class Question:
    """A number that a model gives, and the input that it is asked about.

    Attributes:
        answer: What gives the number; differentiable.
        x: The input, (T, I).
        baseline: What stands for an input that says nothing, (T, I).
    """

    answer: Answer
    x: Tensor
    baseline: Tensor

    def __post_init__(self) -> None:
        if self.x.dim() != 2 or self.x.shape != self.baseline.shape:
            raise ShapeError(
                f"an input {tuple(self.x.shape)} and a baseline {tuple(self.baseline.shape)}",
                "both (T, I)",
                "a series of plain numbers becomes (T, 1) by x.unsqueeze(-1)",
            )

    def numbers(self, x: Tensor) -> Tensor:
        """The answers to inputs (N, T, I), (N,)."""
        found = self.answer(x)
        if found.shape != (len(x),):
            raise ShapeError(
                f"an answer of shape {tuple(found.shape)} to {len(x)} inputs",
                f"({len(x)},): one number each",
                "choose one: answer=lambda x: model(x)[:, 0]",
            )
        return found


@dataclass(frozen=True)
class Attribution:
    """What each number of the input did.

    Attributes:
        parts: (T, I), in the unit of the answer.
        answer: To the input.
        baseline: To the baseline.
        kind: How it was found.
    """

    parts: NDArray[np.float64]
    answer: float
    baseline: float
    kind: str

    @property
    def by_step(self) -> NDArray[np.float64]:
        """The sum over the numbers of each step, (T,)."""
        found: NDArray[np.float64] = self.parts.sum(1)
        return found

    @property
    def missing(self) -> float:
        """How far the sum of the parts is from the difference of the answers.

        Of integrated gradients the error of the integral; occlusion promises no sum.
        """
        return float(self.answer - self.baseline - self.parts.sum())

    @property
    def settled(self) -> bool:
        """Whether the parts add up to the difference of the answers, to 5% and a little.

        Where they do not, the answer jumps to and fro on the way from the baseline to the input, as
        that of networks may that read long sequences, and gradients say nothing of the way.
        """
        slack = ENOUGH * abs(self.answer - self.baseline) + SLACK * np.abs(self.parts).sum()
        return bool(abs(self.missing) <= slack)

    def heaviest(self, share: float = 0.8) -> NDArray[np.int64]:
        """The fewest steps that make up a share of all weight, in order, (N,).

        Args:
            share: Above 0 and up to 1.
        """
        weight = np.abs(self.by_step)
        order = np.argsort(-weight, kind="stable")
        total = weight.sum()
        if not total > 0:
            return np.empty(0, np.int64)
        count = int(np.searchsorted(np.cumsum(weight[order]), share * total * (1 - 1e-12))) + 1
        found: NDArray[np.int64] = np.sort(order[:count])
        return found


def integrated_gradients(question: Question, points: int | None = None) -> Attribution:
    """The gradient, integrated along the straight way from the baseline to the input.

    Sundararajan, Taly & Yan 2017 (arXiv:1703.01365, eq. 1), whose parts add up to the difference of
    the answers (its proposition 1); the integral by Gauss and Legendre's rule.

    Args:
        question: What is asked.
        points: At which the gradient is taken, at least 1; None for 8, or 32, or 128, until the
            parts add up to within a thousandth of their weight; where 32 miss more than all that is
            to be shared out, it is left at that.

    Raises:
        OptionError: If it is fewer.
    """
    if points is not None:
        _check("points", points)
        return _integrated(question, points)
    for count in POINTS:
        found = _integrated(question, count)
        missing = abs(found.missing)
        hopeless = count > POINTS[0] and missing > abs(found.answer - found.baseline)
        if hopeless or not missing > SLACK * np.abs(found.parts).sum():
            break
    return found


def _integrated(question: Question, points: int) -> Attribution:
    places, weights = np.polynomial.legendre.leggauss(points)
    way = question.x - question.baseline
    total = torch.zeros_like(question.x, dtype=torch.float64)
    for some in _calls(points, len(way)):
        alphas = question.x.new_tensor((places[some] + 1) / 2)
        share = total.new_tensor(weights[some] / 2)
        x = (question.baseline + alphas[:, None, None] * way).requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(question.numbers(x).sum(), x)
        total += (gradient.double() * share[:, None, None]).sum(0)
    parts = (total * way.double()).cpu().numpy()
    return Attribution(parts, *_ends(question), "integrated gradients")


def _calls(count: int, steps: int) -> Iterator[slice]:
    """So many inputs, some a call."""
    least, most = INPUTS
    some = min(most, max(least, AT_ONCE // steps))
    return (slice(first, min(first + some, count)) for first in range(0, count, some))


def _check(name: str, number: object) -> None:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise OptionError(f"{name}={number!r}", "a whole number of at least 1")


def occlusion(question: Question, width: int | None = None) -> Attribution:
    """What the answer loses when a stretch of steps is replaced by the baseline.

    Zeiler & Fergus 2014 (arXiv:1311.2901, section 4.2), over time. The loss of a stretch is shared
    evenly by its steps and by their numbers.

    Args:
        question: What is asked.
        width: Steps hidden together, at least 1; None for 1, or for an input of more than 256
            steps 64 stretches, and then each eighth of the eight that lose most.

    Raises:
        OptionError: If it is fewer.
    """
    steps = len(question.x)
    if width is not None:
        _check("width", width)
    wide = width or (1 if steps <= SINGLE else -(-steps // STRETCHES))
    answer, nothing = _ends(question)
    parts = np.zeros(question.x.shape)
    losses = _lose(question, answer, parts, _cut(0, steps, wide))
    if width is None and wide > 1:
        most = np.argsort(-np.abs(losses), kind="stable")[:FINER]
        stretches = [slice(n * wide, min((n + 1) * wide, steps)) for n in most.tolist()]
        finer = [_cut(one.start, one.stop, -(-wide // FINER)) for one in stretches]
        _lose(question, answer, parts, [part for several in finer for part in several])
    return Attribution(parts, answer, nothing, "occlusion")


def _cut(first: int, end: int, width: int) -> list[slice]:
    return [slice(start, min(start + width, end)) for start in range(first, end, width)]


def _lose(
    question: Question, answer: float, parts: NDArray[np.float64], stretches: Sequence[slice]
) -> NDArray[np.float64]:
    """What the answer loses by each stretch, (N,), shared out to its parts."""
    found = np.zeros(len(stretches))
    with torch.no_grad():
        for some in _calls(len(stretches), len(parts)):
            x = question.x.repeat(some.stop - some.start, 1, 1)
            for row, hidden in enumerate(stretches[some]):
                x[row, hidden] = question.baseline[hidden]
            found[some] = answer - question.numbers(x).double().cpu().numpy()
    for loss, hidden in zip(found, stretches, strict=True):
        parts[hidden] = loss / parts[hidden].size
    return found


def _ends(question: Question) -> tuple[float, float]:
    """The answers to the input and to the baseline."""
    with torch.no_grad():
        both = question.numbers(torch.stack([question.x, question.baseline]))
    return float(both[0]), float(both[1])
