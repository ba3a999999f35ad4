"""The way back through time: how one state depends on those before it.

The step's derivative J_t, of the joint state (all that the cell carries: h, c, ...) after step t by
the joint state before it, is never written down. Rows are carried back through it, step by step:
the gradient of the loss, and a frame of orthonormal vectors for the product of the J.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from recurra.diagnose.strands import Strand
from recurra.kernels import reference
from recurra.kernels.hoisting import before_the_loop
from recurra.kernels.order import running
from recurra.kernels.task import Task

CHUNK = 64
"""Steps whose inputs are held at once."""

SETTLING = 0.2
"""The share of the steps by which the frame finds its directions before growth is counted."""


@dataclass(frozen=True)
class Extent:
    """What is measured.

    Attributes:
        gradient_rows: The rows of the strand whose gradients are followed, (G,).
        probe_rows: Those whose Jacobians are measured, (R,).
        first: The step from which on each of these counts, after its last reset, (R,).
        ended: The step before which it ends, (R,).
        probes: P, the vectors that are carried back in each row.
        start: The first step of the strand to which the way back goes.
        seed: Where the vectors are drawn from.
    """

    gradient_rows: Tensor
    probe_rows: Tensor
    first: Tensor
    ended: Tensor
    probes: int
    start: int
    seed: int


@dataclass(frozen=True)
class Swept:
    """What was found on the way back.

    Attributes:
        squares: The square of the norm of the gradient by the joint state after each step, (T', G);
            NaN before ``start``.
        growth: The logarithm of the root mean square growth of a vector by lag, (R, lags from 0);
            NaN where a row is shorter. exp(growth) is the Frobenius norm of the Jacobian divided by
            the root of the state's width: exact if P is that width, else estimated from P
            orthonormal vectors in random directions, whose mean square is unbiased (Hutchinson).
        exponents: The Lyapunov exponents by step of the strand, (P,), the largest first.
    """

    squares: Tensor
    growth: Tensor
    exponents: Tensor


def sweep(strand: Strand, extent: Extent) -> Swept:
    """Goes back through the steps of a strand."""
    frames = _Frames(strand, extent)
    gradients = _Gradients(strand, extent)
    for t, step in _steps_back(strand, extent):
        carried = torch.cat([gradients.carried(t), frames.carried()])
        pulled = step.pulled(carried, gradients.by_output(t))
        count = len(extent.gradient_rows)
        gradients.take(t, pulled[:count])
        frames.take(t, pulled[count:])
    return Swept(gradients.squares, frames.growth, frames.exponents())


def live(strand: Strand) -> Tensor:
    """Whether each row of a strand has not yet ended at each step, (T', R)."""
    steps, rows = strand.output.shape[:2]
    lengths = strand.task.lengths
    if lengths is None:
        return torch.ones(steps, rows, dtype=torch.bool)
    return running(lengths.cpu(), steps)


def wide(value: Tensor) -> Tensor:
    """In float64 on the CPU: products over hundreds of steps leave the range of float32."""
    return value.detach().to("cpu", torch.float64)


def before(strand: Strand, steps: slice) -> tuple[Tensor, ...]:
    """The states that some steps start from, (steps, R, width) each: 0 where a row is fresh."""
    found = []
    for first, every in zip(strand.task.state, strand.every, strict=True):
        former = every[max(0, steps.start - 1) : steps.stop - 1]
        if steps.start == 0:
            former = torch.cat([first.unsqueeze(0), former])
        if strand.task.reset is not None:
            former = torch.where(strand.task.reset[steps].unsqueeze(-1), 0.0, former)
        found.append(wide(former))
    return tuple(found)


def _taken(strand: Strand, steps: slice, rows: Tensor, state: tuple[Tensor, ...]) -> Task:
    """The same task on some steps and rows, every row through to the end."""
    task = strand.task
    return replace(
        task,
        parameters={name: wide(value) for name, value in task.parameters.items()},
        inputs={name: wide(value[steps])[:, rows] for name, value in task.inputs.items()},
        state=state,
        lengths=None,
        reset=None,
        truncate=None,
        every=False,
    )


@dataclass(frozen=True)
class _Step:
    """One step, to be differentiated."""

    start: tuple[Tensor, ...]
    output: Tensor
    after: tuple[Tensor, ...]

    def pulled(self, carried: Tensor, by_output: Tensor) -> Tensor:
        """From gradients by the state after the step, (N, S), to those by the state before it.

        Args:
            carried: By the state.
            by_output: By the output of the first rows.
        """
        missing = len(carried) - len(by_output)
        whole = torch.cat([by_output, by_output.new_zeros(missing, by_output.shape[1])])
        widths = [part.shape[1] for part in self.after]
        ends = [
            (self.output, whole),
            *zip(self.after, torch.split(carried, widths, 1), strict=True),
        ]
        # What no state takes part in has no gradient.
        ends = [(value, gradient) for value, gradient in ends if value.requires_grad]
        if not ends:
            return torch.zeros_like(carried)
        values, gradients = zip(*ends, strict=True)
        found = torch.autograd.grad(
            values, self.start, gradients, allow_unused=True, materialize_grads=True
        )
        return torch.cat(found, 1)


def _steps_back(strand: Strand, extent: Extent) -> Iterator[tuple[int, _Step]]:
    """Each step, from the last to the first that is asked for, a chunk of them ready at a time."""
    rows = torch.cat([extent.gradient_rows, extent.probe_rows.repeat_interleave(extent.probes)])
    last = int(strand.output.shape[0])
    for chunk in _chunks(extent.start, last):
        states = [part[:, rows] for part in before(strand, chunk)]
        task = _taken(strand, chunk, rows, tuple(part[0] for part in states))
        loop = reference._Loop(task, before_the_loop(task))
        for t in reversed(range(chunk.start, chunk.stop)):
            start = tuple(part[t - chunk.start].requires_grad_() for part in states)
            with torch.enable_grad():
                output, after = loop._step(t - chunk.start, start)
            yield t, _Step(start, output, after)


def _chunks(first: int, last: int) -> list[slice]:
    """From the last to the first."""
    edges = [*range(last, first, -CHUNK), first]
    return [slice(a, b) for b, a in pairwise(edges)]


class _Gradients:
    """The gradient of the loss, taken back."""

    def __init__(self, strand: Strand, extent: Extent) -> None:
        self.strand, self.start, rows = strand, extent.start, extent.gradient_rows
        self.sum = torch.cat([wide(part)[rows] for part in strand.by_last], 1)
        self.squares = torch.full((strand.output.shape[0], len(rows)), math.nan).double()
        self.outputs = wide(strand.by_output[extent.start :])[:, rows]
        self.sources = [wide(part[extent.start :])[:, rows] for part in strand.by_every]
        self.live = None
        if strand.task.lengths is not None:
            self.live = live(strand)[:, rows].unsqueeze(-1)
        reset = strand.task.reset
        self.fresh = None if reset is None else reset.cpu()[:, rows].unsqueeze(-1)
        graph = strand.graph
        # Where the output is one of the states, what comes through it is part of that state's.
        shown = [place for place, node in enumerate(graph.updates) if node is graph.output]
        self.shown = shown[0] if shown else None

    def by_output(self, t: int) -> Tensor:
        """By the output of a step; behind a row's end nothing is the layer's."""
        return self._where_live(t, self.outputs[t - self.start], 0.0)

    def _where_live(self, t: int, value: Tensor, other: Tensor | float) -> Tensor:
        return value if self.live is None else torch.where(self.live[t], value, other)

    def carried(self, t: int) -> Tensor:
        """By the state after a step, and its norm noted."""
        sources = torch.cat([part[t - self.start] for part in self.sources], 1)
        self.sum = self._where_live(t, self.sum + sources, self.sum)
        self._note(t)
        return self.sum

    def _note(self, t: int) -> None:
        parts = list(torch.split(self.sum, [part.shape[2] for part in self.sources], 1))
        if self.shown is not None:
            parts[self.shown] = parts[self.shown] + self.by_output(t)
        found = torch.cat(parts, 1)
        self.squares[t] = self._where_live(t, found, 0.0).square().sum(1)

    def take(self, t: int, pulled: Tensor) -> None:
        """Goes on before a step: an ended row waits, a fresh start and a cut let nothing by."""
        self.sum = self._where_live(t, pulled, self.sum)
        if self.fresh is not None:
            self.sum = torch.where(self.fresh[t], 0.0, self.sum)
        truncate = self.strand.task.truncate
        if truncate is not None and t and t % truncate == 0:
            self.sum = torch.zeros_like(self.sum)


class _Frames:
    """Orthonormal vectors, taken back and made orthonormal again at each step.

    Benettin et al. 1980 (Meccanica 15, part 2) for the exponents, of the transposed product, which
    has the same. The triangular factors multiplied together are the product itself in the frame.
    """

    def __init__(self, strand: Strand, extent: Extent) -> None:
        self.extent = extent
        rows, width = len(extent.probe_rows), sum(part.shape[1] for part in strand.task.state)
        generator = torch.Generator().manual_seed(extent.seed)
        drawn = torch.randn(rows, width, extent.probes, generator=generator, dtype=torch.float64)
        self.frame = torch.linalg.qr(drawn).Q
        self.product = torch.eye(extent.probes).double().repeat(rows, 1, 1)
        self.scale = torch.zeros(rows, dtype=torch.float64)
        lags = int((extent.ended - extent.first).max())
        self.growth = torch.full((rows, lags + 1), math.nan, dtype=torch.float64)
        self.growth[:, 0] = 0.0
        self.stretches: list[tuple[Tensor, Tensor]] = []

    def carried(self) -> Tensor:
        """The vectors one upon another, (R P, S)."""
        vectors: Tensor = self.frame.mT.flatten(0, 1)
        return vectors

    def take(self, t: int, pulled: Tensor) -> None:
        """Goes on before a step, in the rows that have not ended and do not start afresh later."""
        live = (self.extent.first <= t) & (t < self.extent.ended)
        if not bool(live.any()):
            return
        found = pulled.view(len(live), self.extent.probes, -1).mT
        frame, factor = torch.linalg.qr(found)
        self.frame = torch.where(live[:, None, None], frame, self.frame)
        self.stretches.append((live, factor.diagonal(dim1=1, dim2=2).abs().log()))
        self._multiply(live, factor)
        lag = (self.extent.ended - t).clamp(min=0, max=self.growth.shape[1] - 1)
        norm = self.scale - 0.5 * math.log(self.extent.probes)
        kept = self.growth.gather(1, lag.unsqueeze(1)).squeeze(1)
        self.growth.scatter_(1, lag.unsqueeze(1), torch.where(live, norm, kept).unsqueeze(1))

    def _multiply(self, live: Tensor, factor: Tensor) -> None:
        """The product with the factor before it, its Frobenius norm kept apart as a logarithm."""
        product = factor @ self.product
        norm = torch.linalg.matrix_norm(product)
        product = product / torch.where(norm > 0, norm, 1.0)[:, None, None]
        self.product = torch.where(live[:, None, None], product, self.product)
        self.scale = torch.where(live, self.scale + norm.log(), self.scale)

    def exponents(self) -> Tensor:
        """The mean logarithm of what each vector was stretched by, over steps and rows."""
        kept = self.stretches[int(SETTLING * len(self.stretches)) :]
        live = torch.stack([live for live, _ in kept]).unsqueeze(-1)
        logs = torch.stack([logs for _, logs in kept])
        means = torch.where(live, logs, 0.0).sum((0, 1)) / live.sum()
        return means.sort(descending=True).values
