"""What came of a call, and its gradients by all that went in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from recurra.conformance.batch import Batch, Outcome
from recurra.conformance.carried import Carried, changed, part_of


@dataclass(frozen=True)
class Differentiated:
    """What came of a call, and the gradients of one number made of it.

    Attributes:
        outcome: What came of it.
        x: The gradient by the input.
        state: By the state it started from.
        parameters: By each parameter, by name.
    """

    outcome: Outcome
    x: Tensor
    state: Carried
    parameters: Mapping[str, Tensor]

    def row(self, number: int) -> Differentiated:
        """What belongs to one row alone; the parameters belong to all."""
        own = slice(number, number + 1)
        outcome = Outcome(self.outcome.output[:, own], part_of(self.outcome.state, own))
        return Differentiated(outcome, self.x[:, own], part_of(self.state, own), self.parameters)


def differentiated(
    run: Callable[[Batch], Outcome],
    parameters: Mapping[str, Tensor],
    batch: Batch,
    weights: Tensor,
) -> Differentiated:
    """Runs something, and differentiates the weighted outputs and the squares of last states.

    Args:
        run: From a batch to what came of it.
        parameters: What else it is differentiated by, by name.
        batch: The batch, with a state.
        weights: Of the outputs, as many.
    """
    x = batch.x.clone().requires_grad_()
    # The number of a step has no gradient.
    state = changed(batch.state or [], lambda p: p.clone().requires_grad_(p.is_floating_point()))
    outcome = run(replace(batch, x=x, state=state))
    total = (outcome.output * weights).sum()
    for own in outcome.state:
        total = total + sum((part**2).sum() for part in own.values())
    smooth = [part for own in state for part in own.values() if part.requires_grad]
    by_x, *others = torch.autograd.grad(
        total,
        [x, *smooth, *parameters.values()],
        allow_unused=True,
        materialize_grads=True,
    )
    by_state = {id(part): gradient for part, gradient in zip(smooth, others, strict=False)}
    return Differentiated(
        outcome,
        by_x,
        changed(state, lambda part: by_state.get(id(part), torch.zeros_like(part))),
        dict(zip(parameters, others[len(smooth) :], strict=True)),
    )
