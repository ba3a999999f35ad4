"""Adam, and AdamW, whose weights decay on their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from torch import Tensor

from recurra.training.limits import fraction, not_negative, positive
from recurra.training.optimizers.one_pass import OnePass
from recurra.training.optimizers.rule import Arithmetic, Rule


class Adam(OnePass):
    """Adam, the numbers of torch.optim.Adam to rounding.

    With gradient g, running means m of g and v of g², which begin at 0, and step t, from 1::

        g <- g + weight_decay w
        m <- m + (1 - beta1) (g - m)
        v <- beta2 v + (1 - beta2) g²
        w <- w - lr / (1 - beta1^t) m / (sqrt(v) / sqrt(1 - beta2^t) + eps)

    The state has torch's form, so that either takes the other's ``state_dict``.

    Source: Kingma and Ba 2015, Adam: a method for stochastic optimization, algorithm 1.

    Args:
        params: Parameters, or dictionaries of parameter groups, as for any torch optimizer.
        lr: Learning rate, finite and above 0.
        betas: Shares of the former means that are kept a step, from 0 to below 1.
        eps: Added to the root, finite and 0 or more.
        weight_decay: Share of the weight that is added to its gradient, finite and 0 or more.

    Raises:
        OptionError: One of them is out of range, or a loaded state asks for a form of Adam that is
            not here: amsgrad, maximize.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        defaults = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        super().__init__(params, defaults)

    def _check(self, group: Mapping[str, Any]) -> None:
        positive(lr=group["lr"])
        beta1, beta2 = group["betas"]
        fraction(beta1=beta1, beta2=beta2)
        not_negative(eps=group["eps"], weight_decay=group["weight_decay"])

    def _rule(self, group: Mapping[str, Any]) -> Rule:
        # By this option torch marks, in the groups of its Adam too, that weights decay so.
        return _ADAMW if group.get("decoupled_weight_decay", False) else _ADAM


class AdamW(Adam):
    """Adam whose weights decay on their own, the numbers of torch.optim.AdamW to rounding.

    Before each step of `Adam` without decay, w <- w - lr weight_decay w.

    Source: Loshchilov and Hutter 2019, Decoupled weight decay regularization, algorithm 2.

    Args:
        params: Parameters, or dictionaries of parameter groups, as for any torch optimizer.
        lr: Learning rate, finite and above 0.
        betas: Shares of the former means that are kept a step, from 0 to below 1.
        eps: Added to the root, finite and 0 or more.
        weight_decay: Share of the weight that is lost a step, times `lr`; finite and 0 or more.

    Raises:
        OptionError: As for `Adam`.
    """

    def __init__(
        self,
        params: Iterable[Tensor] | Iterable[dict[str, Any]],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)

    def _rule(self, group: Mapping[str, Any]) -> Rule:
        return _ADAMW


def _numbers(group: Mapping[str, Any], taken: int) -> tuple[float, ...]:
    lr, (beta1, beta2), decay = float(group["lr"]), group["betas"], group["weight_decay"]
    rate = lr / (1 - beta1 ** (taken + 1))
    correction = (1 - beta2 ** (taken + 1)) ** -0.5
    return rate, 1 - beta1, beta2, 1 - beta2, correction, group["eps"], decay, 1 - lr * decay


def _step(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    m, v = states
    rate, rest1, beta2, rest2, correction, eps, *_ = numbers
    m = n.add_product(m, n.subtract(g, m), rest1)
    v = n.add_product(n.multiply(v, beta2), n.multiply(g, rest2), g)
    divisor = n.add(n.multiply(n.root(v), correction), eps)
    return n.subtract(w, n.divide(n.multiply(m, rate), divisor)), m, v


def _adam(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    return _step(n, w, n.add_product(g, w, numbers[6]), states, numbers)


def _adamw(
    n: Arithmetic[Any], w: Any, g: Any, states: Sequence[Any], numbers: Sequence[Any]
) -> tuple[Any, ...]:
    return _step(n, n.multiply(w, numbers[7]), g, states, numbers)


_STATES = ("exp_avg", "exp_avg_sq")
_ADAM = Rule("adam", _adam, _numbers, _STATES, "all")
_ADAMW = Rule("adamw", _adamw, _numbers, _STATES, "all")
