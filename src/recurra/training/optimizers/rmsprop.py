"""RMSprop in Keras's form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra.training.limits import fraction, positive
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.optimizers.rule import Arithmetic, Rule

KERAS_EPSILON = 1e-7


class RMSprop(OnePass):
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
        defaults = {"lr": lr, "rho": rho, "epsilon": epsilon, "momentum": momentum}
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        positive(lr=group["lr"], epsilon=group["epsilon"])
        fraction(rho=group["rho"], momentum=group["momentum"])

    def _rule(self, group: Mapping[str, Any]) -> Rule:
        return _PLAIN if group["momentum"] == 0 else _WITH_MOMENTUM


def _numbers(group: Mapping[str, Any], _: int) -> tuple[float, ...]:
    rho = group["rho"]
    return float(group["lr"]), rho, 1 - rho, group["epsilon"], group["momentum"]


def _mean_square(n: Arithmetic[Any], g: Any, v: Any, numbers: Sequence[Any]) -> Any:
    return n.add_product(n.multiply(v, numbers[1]), n.multiply(g, numbers[2]), g)


def _step(n: Arithmetic[Any], g: Any, v: Any, numbers: Sequence[Any]) -> Any:
    """What the weight moves by."""
    return n.divide(n.multiply(g, numbers[0]), n.root(n.add(v, numbers[3])))


def _plain(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    v = _mean_square(n, g, states[0], numbers)
    return n.subtract(w, _step(n, g, v, numbers)), v


def _with_momentum(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    v = _mean_square(n, g, states[0], numbers)
    u = n.add(n.multiply(states[1], numbers[4]), _step(n, g, v, numbers))
    return n.subtract(w, u), v, u


_PLAIN = Rule("rmsprop", _plain, _numbers, ("mean_square",))
_WITH_MOMENTUM = Rule(
    "rmsprop with momentum", _with_momentum, _numbers, ("mean_square", "velocity")
)
