"""How much each number of an input did to one number that came out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from recurra.errors import OptionError, ShapeError

Answer = Callable[[Tensor], Tensor]
"""From inputs (N, T, I) to one number each, (N,)."""

AT_ONCE = 64
"""Inputs a call."""

STRETCHES = 256
"""Stretches of steps at most that are hidden one after the other."""


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


def integrated_gradients(question: Question, points: int = 32) -> Attribution:
    """The gradient, integrated along the straight way from the baseline to the input.

    Sundararajan, Taly & Yan 2017 (arXiv:1703.01365, eq. 1), whose parts add up to the difference of
    the answers (its proposition 1); the integral by Gauss and Legendre's rule.

    Args:
        question: What is asked.
        points: At which the gradient is taken, at least 1.

    Raises:
        OptionError: If it is fewer.
    """
    if isinstance(points, bool) or not isinstance(points, int) or points < 1:
        raise OptionError(f"points={points!r}", "a whole number of at least 1")
    places, weights = np.polynomial.legendre.leggauss(points)
    way = question.x - question.baseline
    total = torch.zeros_like(question.x, dtype=torch.float64)
    for first in range(0, points, AT_ONCE):
        alphas = question.x.new_tensor((places[first : first + AT_ONCE] + 1) / 2)
        share = total.new_tensor(weights[first : first + AT_ONCE] / 2)
        x = (question.baseline + alphas[:, None, None] * way).requires_grad_()
        with torch.enable_grad():
            (gradient,) = torch.autograd.grad(question.numbers(x).sum(), x)
        total += (gradient.double() * share[:, None, None]).sum(0)
    parts = (total * way.double()).cpu().numpy()
    return Attribution(parts, *_ends(question), "integrated gradients")


def occlusion(question: Question, width: int | None = None) -> Attribution:
    """What the answer loses when a stretch of steps is replaced by the baseline.

    Zeiler & Fergus 2014 (arXiv:1311.2901, section 4.2), over time. The loss of a stretch is shared
    evenly by its steps and by their numbers.

    Args:
        question: What is asked.
        width: Steps hidden together, at least 1; None for 1, or as many as make 256 stretches.

    Raises:
        OptionError: If it is fewer.
    """
    steps, channels = question.x.shape
    width = -(-steps // STRETCHES) if width is None else width
    if isinstance(width, bool) or not isinstance(width, int) or width < 1:
        raise OptionError(f"width={width!r}", "a whole number of at least 1")
    starts = list(range(0, steps, width))
    answer, nothing = _ends(question)
    parts = np.zeros((steps, channels))
    with torch.no_grad():
        for first in range(0, len(starts), AT_ONCE):
            some = starts[first : first + AT_ONCE]
            x = question.x.repeat(len(some), 1, 1)
            for row, start in enumerate(some):
                x[row, start : start + width] = question.baseline[start : start + width]
            losses = answer - question.numbers(x).double().cpu().numpy()
            for loss, start in zip(losses, some, strict=True):
                hidden = parts[start : start + width]
                hidden[:] = loss / hidden.size
    return Attribution(parts, answer, nothing, "occlusion")


def _ends(question: Question) -> tuple[float, float]:
    """The answers to the input and to the baseline."""
    with torch.no_grad():
        both = question.numbers(torch.stack([question.x, question.baseline]))
    return float(both[0]), float(both[1])
