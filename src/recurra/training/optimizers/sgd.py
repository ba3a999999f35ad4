"""Gradient descent, with momentum if wanted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra.errors import OptionError
from recurra.training.limits import fraction, not_negative, positive
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.optimizers.rule import Arithmetic, Rule


class SGD(OnePass):
    """Gradient descent, the numbers of torch.optim.SGD to rounding.

    With gradient g and, if `momentum` is above 0, a velocity u::

        g <- g + weight_decay w
        u <- g at the first step, momentum u + (1 - dampening) g at others
        w <- w - lr u, or with `nesterov` w - lr (g + momentum u)

    Source: Sutskever et al. 2013, On the importance of initialization and momentum in deep
    learning; as torch writes it, where the learning rate multiplies the velocity.

    Args:
        params: Parameters, or dictionaries of parameter groups, as for any torch optimizer.
        lr: Learning rate, finite and above 0.
        momentum: Share of the former velocity that is kept a step, from 0 to below 1.
        dampening: Share of the gradient that does not go into the velocity, from 0 to below 1.
        weight_decay: Share of the weight that is added to its gradient, finite and 0 or more.
        nesterov: Look one step ahead; needs momentum and no dampening.

    Raises:
        OptionError: One of them is out of range, or a loaded state asks for maximize, which is not
            here.
    """

    def __init__(  # noqa: PLR0917 - the order of arguments is torch's
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
        }
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        positive(lr=group["lr"])
        fraction(momentum=group["momentum"], dampening=group["dampening"])
        not_negative(weight_decay=group["weight_decay"])
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise OptionError(
                f"nesterov is True with momentum {group['momentum']} and dampening "
                f"{group['dampening']}.",
                "momentum above 0 and no dampening",
                "momentum=0.9, dampening=0",
            )

    def _rule(self, group: Mapping[str, Any]) -> Rule:
        if group["momentum"] == 0:
            return _PLAIN
        return _NESTEROV if group["nesterov"] else _WITH_MOMENTUM


def _numbers(group: Mapping[str, Any], taken: int) -> tuple[float, ...]:
    momentum, dampening = group["momentum"], group["dampening"]
    kept, added = (momentum, 1 - dampening) if taken else (0.0, 1.0)
    return -float(group["lr"]), group["weight_decay"], kept, added, momentum


def _plain(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    return (n.add_product(w, n.add_product(g, w, numbers[1]), numbers[0]),)


def _with_momentum(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    descent, decay, kept, added, *_ = numbers
    u = n.add_product(n.multiply(states[0], kept), n.add_product(g, w, decay), added)
    return n.add_product(w, u, descent), u


def _nesterov(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    descent, decay, kept, added, momentum, *_ = numbers
    g = n.add_product(g, w, decay)
    u = n.add_product(n.multiply(states[0], kept), g, added)
    return n.add_product(w, n.add_product(g, u, momentum), descent), u


_STATES = ("momentum_buffer",)
_PLAIN = Rule("sgd", _plain, _numbers)
_WITH_MOMENTUM = Rule("sgd with momentum", _with_momentum, _numbers, _STATES, "first")
_NESTEROV = Rule("sgd nesterov", _nesterov, _numbers, _STATES, "first")
