"""A call of a stack taken apart into strands: one layer in one direction each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from recurra.diagnose.watching import Call, each
from recurra.errors import DataError, ShapeError
from recurra.kernels import choose
from recurra.kernels.task import Result, Task
from recurra.language import Graph
from recurra.layers import Recurrent
from recurra.layers.leg import Leg
from recurra.layers.passage import Passed
from recurra.layers.sequences import Sequences


@dataclass(frozen=True)
class Strand:
    """One layer in one direction, and how a batch went through it.

    All is in the order in which the layer reads: from its end if it reads backwards, and with
    every so manieth step as a row of its own if it is dilated: (T', R, width).

    Attributes:
        name: The layer's place in the model.
        layer: The stack it belongs to.
        number: Which layer of the stack.
        direction: ``"forwards"`` or ``"backwards"``.
        steps: T, the steps of the batch.
        rows: B, the rows of the batch.
        lengths: The length of each row of the batch, (B,); None if all have T.
        task: What the layer was asked to do.
        output: After each step, (T', R, width).
        every: Each state after each step, (T', R, width).
        by_output: The gradient of the loss by the output.
        by_every: By each state after each step, where the layer above sees it.
        by_last: By each state after the last step, (R, width).
        by_weights: By each parameter of the layer.
    """

    name: str
    layer: Recurrent
    number: int
    direction: str
    steps: int
    rows: int
    lengths: Tensor | None
    task: Task
    output: Tensor
    every: tuple[Tensor, ...]
    by_output: Tensor
    by_every: tuple[Tensor, ...]
    by_last: tuple[Tensor, ...]
    by_weights: Mapping[str, Tensor]

    @property
    def graph(self) -> Graph:
        """The cell's equations."""
        return self.layer.graph(self.number, training=self.layer.training)

    @property
    def dilation(self) -> int:
        """How many steps apart the steps lie that it connects."""
        return self.layer.dilation[self.number]

    @property
    def backwards(self) -> bool:
        """Whether it reads from the end of each row."""
        return self.direction == "backwards"


@dataclass(frozen=True)
class _Walk:
    """A strand before its gradients are known, and what they are taken by."""

    leg: Leg
    task: Task
    result: Result
    leaves: tuple[Tensor, ...]


def strands(call: Call) -> list[Strand]:
    """The layers and directions of a stack, with what reached each and the gradients there.

    Raises:
        DataError: If the batch or a parameter holds a value that is not finite.
        ShapeError: If there are fewer than two steps.
    """
    with torch.enable_grad():
        given, walks = _walked(call)
        outputs: list[Tensor] = []
        each(given, lambda value: outputs.append(value) or value)  # type: ignore[func-returns-value]
        leaves = [leaf for walk in walks for leaf in walk.leaves]
        # Earlier inputs, which some cells carry, are no doing of the layer's.
        pairs = zip(outputs, call.gradients, strict=True)
        values, gradients = zip(*(pair for pair in pairs if pair[0].requires_grad), strict=True)
        found = iter(
            torch.autograd.grad(
                values, leaves, gradients, allow_unused=True, materialize_grads=True
            )
        )
    return [_strand(call, walk, [next(found) for _ in walk.leaves]) for walk in walks]


def _strand(call: Call, walk: _Walk, gradients: list[Tensor]) -> Strand:
    states = len(walk.result.last)
    task, result, sequences = walk.task, walk.result, walk.leg.sequences
    assert result.every is not None
    weights = walk.leg.layer.parameters
    return Strand(
        name=call.name,
        layer=call.layer,
        number=walk.leg.number,
        direction=walk.leg.direction,
        steps=sequences.steps,
        rows=sequences.rows,
        lengths=sequences.lengths,
        task=replace(
            task,
            parameters=_detached(task.parameters),
            inputs=_detached(task.inputs),
            state=tuple(part.detach() for part in task.state),
        ),
        output=result.output.detach(),
        every=tuple(part.detach() for part in result.every),
        by_output=gradients[0],
        by_last=tuple(gradients[1 : 1 + states]),
        by_every=tuple(gradients[1 + states : 1 + 2 * states]),
        by_weights=dict(zip(weights, gradients[1 + 2 * states :], strict=True)),
    )


def _detached(values: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach() for name, value in values.items()}


def _check(call: Call, sequences: Sequences) -> None:
    where = f" that reaches {call.name}" if call.name else ""
    bad = int((~sequences.x.isfinite()).sum())
    if bad:
        raise DataError(
            f"a batch{where} with {bad:,} of {sequences.x.numel():,} numbers NaN or infinite",
            "finite numbers; only padding and what missing= marks may be anything",
            "fill or drop them first",
        )
    longest = sequences.steps if sequences.lengths is None else int(sequences.lengths.max())
    if longest < 2:
        raise ShapeError(
            f"a batch{where} whose longest row has {longest} "
            + ("step" if longest == 1 else "steps"),
            "at least 2: memory is what passes from one step to the next",
            "give whole sequences, (B, T, I) or (T, B, I) as the layer takes them",
        )
    for name, weight in call.layer.named_parameters():
        if not bool(weight.isfinite().all()):
            raise DataError(
                f"the parameter {name} of the layer {call.name or type(call.layer).__name__}, "
                "which holds NaN or infinity",
                "finite numbers",
                "training has diverged or the file is damaged: go back to an earlier state, and "
                "clip gradients or lower the learning rate",
            )


def _walked(call: Call) -> tuple[Any, list[_Walk]]:
    """What the layer gives when its strands are run one by one, and how each was run."""
    walks: list[_Walk] = []
    given, x = dict(call.arguments), call.arguments["x"]
    # Under autocast a layer takes other types than its own.
    dtype = next(call.layer.parameters()).dtype
    given["x"] = x.to(dtype) if isinstance(x, PackedSequence) else x.detach().to(dtype)
    return call.layer.leg_by_leg(partial(_walk, call, walks), **given), walks


def _walk(call: Call, walks: list[_Walk], leg: Leg) -> Passed:
    """Runs one layer in one direction.

    Zeros are added to all that comes of it, in the order in which the layer reads.
    """
    if not walks:
        _check(call, leg.sequences)
    weights = {
        name: weight.detach().clone().requires_grad_()
        for name, weight in leg.layer.parameters.items()
    }
    ready = replace(leg, layer=replace(leg.layer, parameters=weights)).prepared()
    result, zeros = _lifted(choose.run(ready.task))
    walks.append(_Walk(leg, ready.task, result, (*zeros, *weights.values())))
    return ready.passed(result)


def _lifted(result: Result) -> tuple[Result, tuple[Tensor, ...]]:
    """A result with zeros added that its gradient can be taken by."""
    assert result.every is not None
    parts = (result.output, *result.last, *result.every)
    zeros = tuple(torch.zeros_like(part, requires_grad=True) for part in parts)
    output, *states = (part + zero for part, zero in zip(parts, zeros, strict=True))
    count = len(result.last)
    return Result(output, tuple(states[:count]), tuple(states[count:])), zeros
