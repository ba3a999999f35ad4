"""Optimizers, by name and in Keras's form."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any, overload

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from recurra.errors import OptionError
from recurra.training.limits import fraction, positive

KERAS_EPSILON = 1e-7


class RMSprop(Optimizer):
    """RMSprop as Keras computes it: the epsilon stands inside the root.

    With gradient g and running mean square v, which begins at 0::

        v <- rho v + (1 - rho) g²
        w <- w - lr g / sqrt(v + epsilon)

    torch.optim.RMSprop divides by ``sqrt(v) + eps`` with eps = 1e-8 and rho (its alpha) = 0.99.
    That matters near a minimum, where gradients are small: here the divisor never falls below
    sqrt(1e-7) = 3e-4, so that gradients smaller than this give steps smaller than `lr` and the
    weights settle; torch's floor is 1e-8, so that noise of any size gives full steps.

    With `momentum` m, the step lr g / sqrt(v + epsilon) is added to a velocity u, and the
    velocity taken from the weight: u <- m u + step, w <- w - u.

    Source: Hinton, Srivastava and Swersky 2012, Neural networks for machine learning, lecture
    6e (the running mean); Keras 3 (defaults and place of epsilon).

    Args:
        params: Parameters, or dictionaries of parameter groups, as for any torch optimizer.
        lr: Learning rate, finite and above 0.
        rho: Share of the former mean square that is kept a step, from 0 to below 1.
        epsilon: Added to the mean square, finite and above 0.
        momentum: Share of the former velocity that is kept a step, from 0 to below 1.

    Raises:
        OptionError: One of them is out of range.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        rho: float = 0.9,
        epsilon: float = KERAS_EPSILON,
        momentum: float = 0.0,
    ) -> None:
        positive(lr=lr, epsilon=epsilon)
        fraction(rho=rho, momentum=momentum)
        defaults = {"lr": lr, "rho": rho, "epsilon": epsilon, "momentum": momentum}
        super().__init__(params, defaults)

    @overload
    def step(self, closure: None = None) -> None: ...

    @overload
    def step(self, closure: Callable[[], float]) -> float: ...

    def step(self, closure: Callable[[], float] | None = None) -> float | None:
        """Takes one step from the gradients as they stand; parameters without one stay.

        Args:
            closure: Computes the loss and its gradients anew, if given; its loss is returned.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        with torch.no_grad():
            for group in self.param_groups:
                self._update(group)
        return loss

    def _update(self, group: dict[str, Any]) -> None:
        weights = [w for w in group["params"] if w.grad is not None]
        if not weights:
            return
        gradients = [w.grad for w in weights]
        mean_squares = self._buffers(weights, "mean_square")
        rho, rate = group["rho"], float(group["lr"])
        torch._foreach_mul_(mean_squares, rho)
        torch._foreach_addcmul_(mean_squares, gradients, gradients, value=1 - rho)
        divisors = torch._foreach_add(mean_squares, group["epsilon"])
        torch._foreach_sqrt_(divisors)
        if group["momentum"] == 0:
            torch._foreach_addcdiv_(weights, gradients, divisors, value=-rate)
            return
        velocities = self._buffers(weights, "velocity")
        torch._foreach_mul_(velocities, group["momentum"])
        torch._foreach_addcdiv_(velocities, gradients, divisors, value=rate)
        torch._foreach_sub_(weights, velocities)

    def _buffers(self, weights: list[Tensor], name: str) -> list[Tensor]:
        for w in weights:
            if name not in self.state[w]:
                self.state[w][name] = torch.zeros_like(w)
        return [self.state[w][name] for w in weights]


def _adam(parameters: Iterable[nn.Parameter], rate: float) -> Optimizer:
    return torch.optim.Adam(parameters, lr=rate, eps=KERAS_EPSILON)


def _adamw(parameters: Iterable[nn.Parameter], rate: float) -> Optimizer:
    return torch.optim.AdamW(parameters, lr=rate, eps=KERAS_EPSILON)


_BUILDERS: dict[str, Callable[[Iterable[nn.Parameter], float], Optimizer]] = {
    "rmsprop": RMSprop,
    "adam": _adam,
    "adamw": _adamw,
    "sgd": torch.optim.SGD,
}


def build_optimizer(
    name: str, parameters: Iterable[nn.Parameter], learning_rate: float
) -> Optimizer:
    """An optimizer by its name.

    Args:
        name: "rmsprop" (`RMSprop` of this module), "adam" and "adamw" (torch's, with Keras's
            epsilon 1e-7) or "sgd" (torch's, without momentum).
        parameters: What to optimize: `model.parameters()`.
        learning_rate: Finite and above 0.

    Raises:
        OptionError: The name is unknown, or the learning rate is out of range.
    """
    positive(learning_rate=learning_rate)
    if name not in _BUILDERS:
        near = difflib.get_close_matches(name.lower(), _BUILDERS, n=1, cutoff=0.0)
        raise OptionError(
            f"The optimizer {name!r} is unknown.", f"one of {', '.join(_BUILDERS)}", near[0]
        )
    return _BUILDERS[name](parameters, learning_rate)
