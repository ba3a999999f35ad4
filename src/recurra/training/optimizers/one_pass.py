"""Optimizers that take a step of all weights at once."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any, overload

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.optimizer import _global_optimizer_post_hooks, _global_optimizer_pre_hooks

from recurra.errors import OptionError
from recurra.training.optimizers.clip import Clip
from recurra.training.optimizers.gradient import readable
from recurra.training.optimizers.plan import Plan
from recurra.training.optimizers.rule import Rule
from recurra.training.optimizers.state import same

_UNKNOWN = ("amsgrad", "maximize")
"""Options of torch's optimizers that would change the numbers and are not here."""


def _without_compiler(function: Any) -> Any:
    """A method of torch's optimizers, without what would load torch's compiler at its first call.

    That wrapping keeps the compiler out of the method; it takes about a second to load. Where
    nobody has loaded it there is nothing to keep out.
    """
    code = getattr(function, "__code__", None)
    is_wrapped = code is not None and code.co_filename == torch._compile.__file__
    if is_wrapped and "torch._dynamo" not in sys.modules:
        return function.__wrapped__
    return function


class OnePass(Optimizer):
    """A torch optimizer that follows a rule, in one pass over weights, gradients and states.

    Weights on the CPU in float32 and float64 that lie in one piece are read and written where they
    are by compiled code, on one thread and in one order. All others take the same step in torch's
    operations. What a step needs to know of the weights is found at the first one, and again when
    weights or states were moved or replaced, or when other weights have gradients.

    ``state`` is laid out as torch's optimizers lay it out. Change its tensors in place, or through
    `load_state_dict`: a single tensor that is put in the place of another is not noticed.
    """

    _plans: dict[int, Plan]
    _kept: list[dict[str, Any]]

    def __init__(
        self, params: Iterable[Tensor] | Iterable[dict[str, Any]], defaults: dict[str, Any]
    ) -> None:
        self._forget()
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        """Checks the options of a group; raises OptionError."""
        raise NotImplementedError

    def _rule(self, group: Mapping[str, Any]) -> Rule:
        """What a step does with options of a group."""
        raise NotImplementedError

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds parameters with options of their own.

        Raises:
            OptionError: An option is out of range, or a parameter is complex.
        """
        self._check({**self.defaults, **param_group})
        adds: Any = super().add_param_group
        _without_compiler(adds.__func__)(self, param_group)
        if any(weight.is_complex() for weight in self.param_groups[-1]["params"]):
            self.param_groups.pop()
            raise OptionError(
                "A parameter is complex.",
                "real parameters",
                "keep the real and the imaginary part as one real parameter, and make it complex "
                "with torch.view_as_complex where it is used",
            )

    def state_dict(self) -> dict[str, Any]:
        """The state of each parameter and the options of each group, as torch's optimizers do."""
        found: dict[str, Any] = _without_compiler(Optimizer.state_dict)(self)
        return found

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on from what `state_dict` told, or an optimizer of torch with the same rule."""
        _without_compiler(Optimizer.load_state_dict)(self, state_dict)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Lets go of all gradients, or with `set_to_none` False makes them 0."""
        if not set_to_none:
            super().zero_grad(set_to_none=False)
            return
        for group in self.param_groups:
            for weight in group["params"]:
                weight.grad = None

    @overload
    def step(self, closure: None = None, *, clip: Clip | None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float], *, clip: Clip | None = None) -> float: ...

    def step(
        self, closure: Callable[[], float] | None = None, *, clip: Clip | None = None
    ) -> float | None:
        """Takes one step from the gradients as they stand; parameters without one stay.

        Args:
            closure: Computes the loss and its gradients anew, if given; its loss is returned.
            clip: Bounds on the gradients of all groups together; they are kept in the same pass,
                and ``grad`` stays as it is.
        """
        if self._is_watched():
            return _watched_step(self, closure, clip=clip)
        return self._step(closure, clip=clip)

    # torch wraps a step in what runs its hooks unless it is marked so; `_is_watched` sees to them.
    step.hooked = True  # type: ignore[attr-defined]

    def _is_watched(self) -> bool:
        return bool(
            self._optimizer_step_pre_hooks
            or self._optimizer_step_post_hooks
            or _global_optimizer_pre_hooks
            or _global_optimizer_post_hooks
            or torch._C._autograd._profiler_enabled()
        )

    def _step(
        self, closure: Callable[[], float] | None = None, *, clip: Clip | None = None
    ) -> float | None:
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self._take(clip or _NO_CLIP)
        return loss

    def _take(self, clip: Clip) -> None:
        if not same(list(self.state.values()), self._kept):
            self._forget()
        # The gradients are held until all is done: compiled code knows but where they lie.
        ready = [self._ready(number) for number in range(len(self.param_groups))]
        work = [(group, one) for group, plan, _ in ready for one in plan.work]
        bound, scale = clip.bound, 1.0
        if clip.norm is not None:
            scale = clip.scale(sum(one.squares(bound) for _, one in work))
        for group, one in work:
            one.step(group, bound, scale)

    def _ready(self, number: int) -> tuple[dict[str, Any], Plan, list[Tensor]]:
        """A group, the plan of its step, and its gradients."""
        group = self.param_groups[number]
        rule, weights = self._rule(group), group["params"]
        gradients = [g for weight in weights if (g := weight.grad) is not None]
        if len(gradients) < len(weights):
            weights = [weight for weight in weights if weight.grad is not None]
        plan = self._plans.get(number)
        if plan is None or not plan.take(rule, weights, gradients):
            kept = [self.state[weight] if rule.states else {} for weight in weights]
            plan = self._plans[number] = Plan(rule, weights, kept)
            self._kept = list(self.state.values())
            gradients = [readable(*pair) for pair in zip(weights, gradients, strict=True)]
            taken = plan.take(rule, weights, gradients)
            assert taken, "compiled code cannot read a gradient that was made readable"
        return group, plan, gradients

    def _forget(self) -> None:
        """Finds out anew, at the next step, where everything lies."""
        self._plans = {}
        self._kept = []

    def __setstate__(self, state: dict[str, Any]) -> None:
        for group in state["param_groups"]:
            for name in _UNKNOWN:
                if group.get(name):
                    raise OptionError(
                        f"The state was made with {name}=True.",
                        f"a state without {name}",
                        f"go on with the optimizer of torch that has {name}",
                    )
        super().__setstate__(state)
        self._forget()


_NO_CLIP = Clip()
_watched_step = Optimizer.profile_hook_step(OnePass._step)
