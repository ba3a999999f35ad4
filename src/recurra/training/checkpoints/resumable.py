"""What goes on from a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from recurra.errors import CheckpointError
from recurra.training.callback import Callback
from recurra.training.distributed.ranks import is_first, ranks
from recurra.training.position import Position


@runtime_checkable
class Resumable(Protocol):
    """Anything with a state, named as in torch."""

    def state_dict(self) -> dict[str, Any]:
        """All that changes, as numbers, text, tensors, and lists and dictionaries of these."""
        ...

    def load_state_dict(self, state: dict[str, Any], /) -> None:
        """Becomes again what :meth:`state_dict` told."""
        ...


class Training(Resumable, Protocol):
    """A training that can be taken up at any step."""

    position: Position


def states_of(callbacks: Sequence[Callback]) -> list[tuple[str, dict[str, Any]]]:
    """The class and the state of each callback that has one."""
    states = [(type(one).__name__, one.state_dict()) for one in callbacks]
    return [(name, state) for name, state in states if state]


def restore(callbacks: Sequence[Callback], states: Sequence[tuple[str, dict[str, Any]]]) -> None:
    """Gives the callbacks their states back, in the same order.

    Those without a state, which only look on, may be others than before.

    Raises:
        CheckpointError: If those with a state are.
    """
    stateful = [one for one in callbacks if type(one).state_dict is not Callback.state_dict]
    wanted = [type(one).__name__ for one in stateful]
    if not is_first():
        # Those that print or write are in the first process alone.
        states = [(name, state) for name, state in states if name in wanted]
    found = [name for name, _ in states]
    if found != wanted:
        raise CheckpointError(
            f"a checkpoint with the callbacks {', '.join(found) or 'none'}",
            f"those of this training: {', '.join(wanted) or 'none'}",
            "give the same callbacks, or begin anew",
        )
    for one, (_, state) in zip(stateful, states, strict=True):
        one.load_state_dict(state)


def state_of(data: object) -> dict[str, Any] | None:
    """The state of some data, None if they have none."""
    return data.state_dict() if isinstance(data, Resumable) else None


def give(data: object, state: dict[str, Any] | None) -> None:
    """Gives data their state back, if they have one."""
    if isinstance(data, Resumable) and state is not None:
        data.load_state_dict(state)


def give_optimizer(optimizer: torch.optim.Optimizer, state: dict[str, Any]) -> None:
    """Gives an optimizer its state back, each number of the type that it had.

    Where a state's type is not the weights', as the product of momenta in torch's NAdam, torch
    makes it theirs, which changes the steps that follow.
    """
    optimizer.load_state_dict(state)
    numbers = [number for group in state["param_groups"] for number in group["params"]]
    weights = [weight for group in optimizer.param_groups for weight in group["params"]]
    for number, weight in zip(numbers, weights, strict=True):
        own = optimizer.state[weight] if number in state["state"] else {}
        for name, kept in state["state"].get(number, {}).items():
            if isinstance(kept, Tensor) and kept.dtype != own[name].dtype:
                own[name] = kept.to(own[name].device)


def facts_of(model: Any, optimizer: object) -> Mapping[str, Any]:
    """What of a model and its optimizer must be the same."""
    shapes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    there = ranks()
    shared = {} if there is None else {"processes": there.count}
    return {"model": shapes, "optimizer": type(optimizer).__name__, **shared}
