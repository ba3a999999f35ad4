"""The weights of a parameter group, sorted by how their step is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from recurra.training.optimizers.listed import Listed
from recurra.training.optimizers.native import Native, is_native
from recurra.training.optimizers.rule import Rule
from recurra.training.optimizers.state import same, taken


class Plan:
    """How those weights of a group take a step that have a gradient.

    It serves as long as the same weights have gradients, lie where they did and keep their type.

    Args:
        rule: What a step does.
        weights: The weights, in order.
        kept: What is kept of each from one step to the next.
    """

    def __init__(
        self, rule: Rule, weights: Sequence[Tensor], kept: Sequence[dict[str, Any]]
    ) -> None:
        self.rule = rule
        self.weights = list(weights)
        alike = defaultdict[tuple[object, ...], list[int]](list)
        for place, (weight, state) in enumerate(zip(weights, kept, strict=True)):
            key = is_native(weight), weight.dtype, weight.device, taken(rule, state)
            alike[key].append(place)
        self._parts = [self._part(places, kept) for places in alike.values()]
        self.work = [work for work, _ in self._parts]

    def take(self, rule: Rule, weights: Sequence[Tensor], gradients: list[Tensor]) -> bool:
        """Takes the gradients of a step, which are to be kept until it is done.

        Returns:
            Whether these weights can take a step by it, with these gradients as they are.
        """
        if rule is not self.rule or not same(weights, self.weights):
            return False
        for work, places in self._parts:
            own = gradients if places is None else [gradients[place] for place in places]
            if not work.take(own):
                return False
        return True

    def _part(
        self, places: list[int], kept: Sequence[dict[str, Any]]
    ) -> tuple[Native | Listed, list[int] | None]:
        """Weights that take their step together, and where they stand among all; None for all."""
        weights = [self.weights[place] for place in places]
        how = Native if is_native(weights[0]) else Listed
        work = how(self.rule, weights, [kept[place] for place in places])
        return work, None if len(places) == len(self.weights) else places
