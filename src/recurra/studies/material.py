"""What a task gives to learn from, and how an answer to it is judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from recurra.training.buckets import padded

UNASKED = -1
"""The answer at a step that asks for none."""

Answer = Literal["keys", "symbols", "class", "number"]
"""At each step which keys sound, or which symbol comes; after the last step a class, or a number"""


Shown = Literal["nats", "wrong", "mse"]


@dataclass(frozen=True)
class Sequences:
    """Sequences with their answers.

    Attributes:
        x: The inputs, (T_i, I) float32 each, T_i at least 1.
        y: The answers: (T_i, O) or (T_i,) where there is one at each step, () or (O,) where one is
            given after the last. Symbols and classes are int64; a step whose symbol is
            :data:`UNASKED` is not judged.
    """

    x: Sequence[Tensor]
    y: Sequence[Tensor]

    def __len__(self) -> int:
        return len(self.x)

    @cached_property
    def lengths(self) -> Tensor:
        """The steps of each, (N,) int64."""
        return torch.tensor([len(one) for one in self.x])

    @cached_property
    def inputs(self) -> Tensor:
        """All of them padded, once: (N, T, I)."""
        return padded(self.x, torch.arange(len(self)))[0]

    @cached_property
    def padded_answers(self) -> Tensor:
        """Those at each step, padded as inputs are: (N, T, ...)."""
        return padded(self.y, torch.arange(len(self)))[0]

    @cached_property
    def answers(self) -> Tensor:
        """Those after the last step: (N, ...)."""
        return torch.stack(list(self.y))

    @property
    def steps(self) -> int:
        """Of all together."""
        return int(self.lengths.sum())


@dataclass(frozen=True)
class Plain:
    """An answer for which no network is needed, which one must beat to be worth anything.

    Attributes:
        name: What it says, as ``"the last value"``.
        losses: Its loss on each sequence of the test part, (N,), as a network's is counted: the
            mean of a sequence's answers where there is one at each step.
        figure: Its figure on the test part, as the task shows it.
    """

    name: str
    losses: Tensor
    figure: float


@dataclass(frozen=True)
class Material:
    """A task's data, the same for every cell.

    Attributes:
        name: Of the task.
        title: What it is, in a few words.
        answer: What is answered.
        input_size: I.
        output_size: O: keys, symbols, classes or numbers.
        train: To learn from.
        validation: To stop by and to choose by.
        test: To judge by, in the end.
        shown: What figures of it are shown: ``"nats"`` a step, ``"wrong"``, the share of wrong
            classes or symbols in %, or ``"mse"``. The lower the better.
        batch_size: Sequences a step, where a study does not say.
        note: What differs from the set that it stands for, or what it was taken for.
        plain: An answer that a network must beat; None for that of :attr:`baseline` alone.
        amount: What there would be to learn from if nothing were cut, counted as :attr:`learned`;
            None for just that.
    """

    name: str
    title: str
    answer: Answer
    input_size: int
    output_size: int
    train: Sequences
    validation: Sequences
    test: Sequences
    shown: Shown
    batch_size: int = 32
    note: str = ""
    plain: Plain | None = None
    amount: int | None = None

    @property
    def learned(self) -> int:
        """What is learned from: steps where there is an answer at each, else sequences."""
        return self.train.steps if self.each_step else len(self.train)

    @property
    def cut(self) -> bool:
        """Whether less than half is learned from of what there is."""
        return self.amount is not None and 2 * self.learned < self.amount

    @property
    def baseline(self) -> float:
        """The figure on the test part of an answer that reads nothing."""
        if self.shown == "wrong":
            return commonest(self.train, self.test)
        return constant(self.answer, self.train, self.test)

    @property
    def each_step(self) -> bool:
        """Whether there is an answer at each step."""
        return self.answer in {"keys", "symbols"}

    def batch(self, part: Sequences, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Some sequences: inputs (B, T, I), answers (B, T, ...) or (B, ...), lengths (B,)."""
        lengths = part.lengths[index]
        longest = int(lengths.max())
        x = part.inputs[index, :longest]
        if self.each_step:
            return x, part.padded_answers[index, :longest], lengths
        return x, part.answers[index], lengths


@dataclass(frozen=True)
class Task:
    """A task that a study can have.

    Attributes:
        title: What it is, in a few words.
        shown: What figures of it are, see :class:`Material`.
        files: Names of the files that it is read from, any of which will do; none if it makes its
            data up.
        source: Where they are had.
        whole: Whether it is of all that ``data`` names, a file or a folder, instead of ``files``.
        columns: Which columns it can be told of the table that it reads.
        make: Makes the material from the file, or from nothing.
    """

    title: str
    shown: Shown
    make: Callable[..., Material]
    files: tuple[str, ...] = ()
    source: str = ""
    whole: bool = False
    columns: tuple[str, ...] = ()

    @property
    def needs_data(self) -> bool:
        """Whether it reads anything."""
        return self.whole or bool(self.files)


UNITS = {"nats": "nats a step", "wrong": "% wrong", "mse": "mean squared error"}


def constant(answer: Answer, train: Sequences, part: Sequences) -> float:
    """The mean loss of an answer that knows how often what comes, and reads nothing.

    Nats of a step's keys or symbol, or of a class; or the mean squared error of the mean.
    """
    return float(unread(answer, train, part).mean())


def unread(answer: Answer, train: Sequences, part: Sequences) -> Tensor:
    """The losses of :func:`constant`, float64: one of each answer that is asked, (A,), in order.

    Of numbers the squared error of each, (N, O).
    """
    if answer == "keys":
        chance = torch.cat(list(train.y)).double().mean(0).clamp(1e-6, 1 - 1e-6)
        keys = torch.cat(list(part.y)).double()
        return -(keys * chance.log() + (1 - keys) * (1 - chance).log()).sum(-1)
    if answer == "number":
        mean = torch.stack(list(train.y)).double().mean(0)
        return (torch.stack(list(part.y)).double() - mean).square()
    gather = torch.cat if answer == "symbols" else torch.stack
    learned, asked = gather(list(train.y)), gather(list(part.y))
    learned, asked = learned[learned != UNASKED], asked[asked != UNASKED]
    counts = torch.bincount(learned, minlength=int(asked.max()) + 1).double() + 1
    return -(counts / counts.sum()).log()[asked]


def asked_of(answer: Answer, part: Sequences) -> list[int]:
    """How many answers are asked of each sequence."""
    if answer == "symbols":
        return [int((one != UNASKED).sum()) for one in part.y]
    return [len(one) if answer == "keys" else 1 for one in part.y]


def mean_of_each(losses: Tensor, counts: Sequence[int]) -> Tensor:
    """The mean loss of each sequence, (N,), from those of so many answers of each, (A, ...)."""
    return torch.stack([one.mean() for one in torch.split(losses, list(counts))])


def commonest(train: Sequences, test: Sequences) -> float:
    """The share, in %, of wrong answers if the commonest class is always said."""
    common = torch.stack(list(train.y)).mode().values
    return 100 * float((torch.stack(list(test.y)) != common).double().mean())
